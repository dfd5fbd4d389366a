/** The client for definitions: how one is read, created, replaced and deleted. */

import assert from "node:assert/strict";
import { createCrdClient, type CustomResourceDefinition } from "../../lib/kube/crd_client.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { json, loginPage, refusal } from "../support/replies.ts";
import { type Served, serving } from "./harness.ts";

const COLLECTION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAME = "devopspolicies.devops.stochastic.io";
const definition: CustomResourceDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: NAME, resourceVersion: "7" },
  spec: {
    group: "devops.stochastic.io",
    scope: "Namespaced",
    names: { kind: "DevOpsPolicy", plural: "x" },
    versions: [],
  },
};

type Client = ReturnType<typeof createCrdClient>;

function using(
  script: readonly Reply[],
  test: (client: Client, served: Served & { clock: InstantClock }) => Promise<void>,
): Promise<void> {
  return serving(script, (served) => {
    const clock = new InstantClock();
    return test(createCrdClient(served.transport, clock), { ...served, clock });
  });
}

Deno.test("get() reads the definition of that name", () =>
  using([json(definition)], async (client, { server, signal }) => {
    assert.deepEqual(await client.get(NAME, signal), definition);
    const { method, target } = server.requests[0]!;
    assert.deepEqual([method, target], ["GET", `${COLLECTION}/${NAME}`]);
  }));

Deno.test("get() gives undefined when there is none, without asking twice", () =>
  using([refusal(404, "NotFound")], async (client, { signal, clock }) => {
    assert.equal(await client.get(NAME, signal), undefined);
    assert.deepEqual(clock.waits, []);
  }));

Deno.test("get() does not take being forbidden, or a login page, for there being none", async () => {
  await using(
    [refusal(403, "Forbidden")],
    (client, { signal }) => assert.rejects(client.get(NAME, signal), { code: 403 }),
  );
  await using(
    Array(4).fill(loginPage),
    (client, { signal }) =>
      assert.rejects(client.get(NAME, signal), /is a proxy or a login page in front of it\?$/),
  );
});

Deno.test("create() posts the whole definition under our name", () =>
  using([json(definition, { status: 201 })], async (client, { server, signal }) => {
    await client.create(definition, signal);
    const { method, target, headers, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["POST", `${COLLECTION}?fieldManager=kube-devops-operator`]);
    assert.equal(headers.get("content-type"), "application/json");
    assert.deepEqual(JSON.parse(body), definition);
  }));

Deno.test("create() throws when somebody was faster", () =>
  using([refusal(409, "AlreadyExists")], async (client, { signal }) => {
    await assert.rejects(client.create(definition, signal), {
      name: "ApiError",
      code: 409,
      reason: "AlreadyExists",
    });
  }));

Deno.test("update() replaces what the spec sets, bound to the version that was read", () =>
  using([json(definition)], async (client, { server, signal }) => {
    await client.update(NAME, { resourceVersion: "7", spec: definition.spec }, signal);
    const { method, target, headers, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["PATCH", `${COLLECTION}/${NAME}?fieldManager=kube-devops-operator`]);
    assert.equal(headers.get("content-type"), "application/merge-patch+json");
    assert.deepEqual(JSON.parse(body), { metadata: { resourceVersion: "7" }, spec: definition.spec });
  }));

Deno.test("update() throws a conflict at once", () =>
  using([refusal(409, "Conflict")], async (client, { signal, clock }) => {
    const update = client.update(NAME, { resourceVersion: "1", spec: definition.spec }, signal);
    await assert.rejects(update, { name: "ApiError", code: 409 });
    assert.deepEqual(clock.waits, []);
  }));

Deno.test("delete() asks for the one definition that was seen, and for no other of its name", () =>
  using([json(definition)], async (client, { server, signal }) => {
    await client.delete(NAME, { uid: "u-1" }, signal);
    const { method, target, headers, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["DELETE", `${COLLECTION}/${NAME}`]);
    assert.equal(headers.get("content-type"), "application/json");
    const options = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: "u-1" } };
    assert.deepEqual(JSON.parse(body), options);
  }));

Deno.test("delete() does not mind that it is gone already, as after an answer that got lost", () =>
  using(
    [refusal(503), refusal(404, "NotFound")],
    (client, { signal }) => client.delete(NAME, { uid: "u-1" }, signal),
  ));

Deno.test("delete() throws when another definition has taken the name", () =>
  using([refusal(409, "Conflict")], async (client, { signal, clock }) => {
    await assert.rejects(client.delete(NAME, { uid: "u-1" }, signal), { name: "ApiError", code: 409 });
    assert.deepEqual(clock.waits, []);
  }));

for (
  const [what, reply, serves] of [
    ["a list", json({ items: [] }), true],
    ["being forbidden, which tells nothing", refusal(403, "Forbidden"), true],
    ["404", refusal(404, "NotFound"), false],
    ["429, as while the storage is being initialized", refusal(429, "TooManyRequests"), false],
    ["503", refusal(503), false],
  ] as const
) {
  Deno.test(`servesPolicies() takes ${what} for ${serves}, at once`, () =>
    using([reply], async (client, { server, signal, clock }) => {
      assert.equal(await client.servesPolicies(signal), serves);
      assert.equal(server.requests[0]?.target, "/apis/devops.stochastic.io/v1/devopspolicies?limit=1");
      assert.deepEqual(clock.waits, []);
    }));
}

Deno.test("servesPolicies() throws what waiting does not heal", () =>
  using([refusal(401, "Unauthorized"), refusal(401, "Unauthorized")], async (client, { signal }) => {
    await assert.rejects(client.servesPolicies(signal), { code: 401 });
  }));

Deno.test("Each call tries again after a passing error", () =>
  using(
    [
      refusal(503),
      json(definition),
      refusal(503),
      json(definition, { status: 201 }),
      refusal(503),
      json(definition),
    ],
    async (client, { signal, clock }) => {
      await client.get(NAME, signal);
      await client.create(definition, signal);
      await client.update(NAME, { resourceVersion: "7", spec: definition.spec }, signal);
      assert.equal(clock.waits.length, 3);
    },
  ));
