/** In which form pods are asked for and read: protobuf where the server has it, JSON where not, and refusals in either. */

import assert from "node:assert/strict";
import { ApiError } from "../../lib/api/errors.ts";
import { podCollection } from "../../lib/kube/list_watch.ts";
import { pod } from "../support/pod_builder.ts";
import { frames, podEvent, podList, status } from "../support/protobuf_objects.ts";
import { json, protobuf, stream } from "../support/replies.ts";
import { connectionError, type Served, serving } from "./harness.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";
const web = pod("web").container("app");
const options = { namespace: undefined, onUnreadable: () => assert.fail("a pod could not be read") };
const page = { limit: 500, continueToken: undefined };
const start = { from: "initial-events" } as const;

const jsonPage = json({ metadata: { resourceVersion: "5" }, items: [web.json()] });
const protobufPage = protobuf(podList({ resourceVersion: "5" }, [web.json()]));
const jsonWatch = stream([`${JSON.stringify({ type: "ADDED", object: web.json() })}\n`]);
const protobufWatch = stream([frames(podEvent("ADDED", web.json()))], "clean", `${PROTOBUF};stream=watch`);

async function watched({ transport, signal }: Served, pods = podCollection(transport)(options)) {
  const events = [];
  for await (const batch of await pods.watch({ start, timeoutSeconds: 300 }, signal)) events.push(...batch);
  return events;
}

for (
  const [form, list, watch] of [["JSON", jsonPage, jsonWatch], [
    "protobuf",
    protobufPage,
    protobufWatch,
  ]] as const
) {
  Deno.test(`Pods are read from the ${form} that the server answers with`, () =>
    serving([list, watch], async (served) => {
      const pods = podCollection(served.transport)(options);
      assert.deepEqual((await pods.list(page, served.signal)).items, [web.facts()]);
      assert.deepEqual(await watched(served, pods), [{ type: "apply", object: web.facts() }]);
    }));
}

Deno.test("Once a server's protobuf was none, its pods are asked for in JSON, in every namespace", () => {
  const broken = stream(["<html>\n"], "clean", `${PROTOBUF};stream=watch`);
  return serving([protobufPage, broken, jsonWatch, jsonPage, jsonPage], async (served) => {
    const { transport, server, signal } = served;
    const collection = podCollection(transport);
    const [everywhere, here] = [collection(options), collection({ ...options, namespace: "a" })];
    await everywhere.list(page, signal);
    await assert.rejects(
      watched(served, everywhere),
      connectionError("other", /: an event of more than 16 MiB\.$/),
    );
    assert.equal((await watched(served, everywhere)).length, 1);
    await here.list(page, signal);
    await collection(options).list(page, signal);
    assert.deepEqual(server.requests.map(({ headers }) => headers.get("accept")), [
      `${PROTOBUF}, application/json`,
      `${PROTOBUF};stream=watch, application/json`,
      "application/json",
      "application/json",
      "application/json",
    ]);
  });
});

const refused = {
  status: "Failure",
  message: 'pods is forbidden: User "x" cannot list',
  reason: "Forbidden",
  code: 403,
  details: { retryAfterSeconds: 3, causes: [{ message: "because" }] },
};

for (
  const [what, body, expected] of [
    ["protobuf", status(refused), { reason: "Forbidden", message: refused.message, causes: ["because"] }],
    ["what should be protobuf", Uint8Array.of(1, 2, 3), {
      reason: "",
      message: "HTTP status 403",
      causes: [],
    }],
    ["nothing", new Uint8Array(), { reason: "", message: "HTTP status 403", causes: [] }],
  ] as const
) {
  Deno.test(`A refusal in ${what} is told as the refusal that it is`, () => {
    const reply = protobuf(body, { status: 403, headers: { "retry-after": "7" } });
    return serving([reply, reply], async (served) => {
      const pods = podCollection(served.transport)(options);
      for (const ask of [() => pods.list(page, served.signal), () => watched(served, pods)]) {
        await assert.rejects(ask, (error) => {
          assert(error instanceof ApiError);
          const { code, reason, message, causes, retryAfterMs } = error;
          assert.deepEqual({ code, reason, message, causes, retryAfterMs }, {
            code: 403,
            ...expected,
            retryAfterMs: 7_000,
          });
          return true;
        });
      }
    });
  });
}
