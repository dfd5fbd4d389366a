/** The event client: what each event says on the wire, and what comes of each answer. */

import assert from "node:assert/strict";
import { ApiError, LeaseLostError } from "../../lib/api/errors.ts";
import type { NewEvent } from "../../lib/api/ports.ts";
import { createEventClient } from "../../lib/kube/event_client.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { json, refusal } from "../support/replies.ts";
import { type Served, serving } from "./harness.ts";

const COLLECTION = "/apis/events.k8s.io/v1/namespaces/team-a/events";
const EVENT: NewEvent = {
  name: "strict.1",
  subject: { namespace: "team-a", name: "strict", uid: "u-1", resourceVersion: "7" },
  type: "Warning",
  reason: "ClassificationChanged",
  note: "From Healthy to Stable.",
  firstAt: Date.UTC(2026, 1, 22, 10, 0, 0, 7),
};
const SERIES = { count: 3, lastAt: Date.UTC(2026, 1, 22, 10, 1) };
const SENT_SERIES = { count: 3, lastObservedTime: "2026-02-22T10:01:00.000000Z" };

type Client = ReturnType<typeof createEventClient>;

function using(
  script: readonly Reply[],
  test: (client: Client, served: Served) => Promise<void>,
): Promise<void> {
  return serving(
    script,
    (served) => test(createEventClient(served.transport, new InstantClock()), served),
  );
}

Deno.test("create() tells of an event on a policy, in our name, with its time to the microsecond", () =>
  using([json({}, { status: 201 })], async (client, { server, signal }) => {
    await client.create(EVENT, undefined, signal);
    const { method, target, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["POST", `${COLLECTION}?fieldManager=kube-devops-operator`]);
    const { reportingInstance, ...event } = JSON.parse(body);
    assert.match(reportingInstance, /^kube-devops-operator-[0-9a-f-]{36}$/);
    assert.deepEqual(event, {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { namespace: "team-a", name: "strict.1" },
      regarding: {
        apiVersion: "devops.stochastic.io/v1",
        kind: "DevOpsPolicy",
        namespace: "team-a",
        name: "strict",
        uid: "u-1",
        resourceVersion: "7",
      },
      reportingController: "kube-devops-operator",
      action: "Evaluate",
      type: "Warning",
      reason: "ClassificationChanged",
      note: "From Healthy to Stable.",
      eventTime: "2026-02-22T10:00:00.007000Z",
    });
  }));

Deno.test("create() says how often the event has happened, once that is more than once", () =>
  using([json({}, { status: 201 })], async (client, { server, signal }) => {
    await client.create(EVENT, SERIES, signal);
    assert.deepEqual(JSON.parse(server.requests[0]!.body).series, SENT_SERIES);
  }));

Deno.test("repeat() changes the count of an event, and nothing else", () =>
  using([json({})], async (client, { server, signal }) => {
    await client.repeat({ namespace: "team-a", name: "strict.1" }, SERIES, signal);
    const { method, target, headers, body } = server.requests[0]!;
    assert.deepEqual(
      [method, target],
      ["PATCH", `${COLLECTION}/strict.1?fieldManager=kube-devops-operator`],
    );
    assert.equal(headers.get("content-type"), "application/merge-patch+json");
    assert.deepEqual(JSON.parse(body), { series: SENT_SERIES });
  }));

Deno.test("create() tells the same event again after a passing error, and takes it for told when it is there", () =>
  using([refusal(503), refusal(409, "AlreadyExists")], async (client, { server, signal }) => {
    await client.create(EVENT, undefined, signal);
    const [first, second] = server.requests;
    assert.equal(second?.body, first?.body);
  }));

for (const code of [403, 404, 422]) {
  Deno.test(`create() and repeat() pass on a ${code} and do not try again`, () =>
    using([refusal(code), refusal(code)], async (client, { signal }) => {
      const isIt = (error: unknown) => error instanceof ApiError && error.code === code;
      await assert.rejects(client.create(EVENT, undefined, signal), isIt);
      await assert.rejects(client.repeat({ namespace: "team-a", name: "strict.1" }, SERIES, signal), isIt);
    }));
}

Deno.test("create() and repeat() send nothing when their fence does not hold: who leads now tells", () =>
  using([], async (_client, { transport, signal }) => {
    const assertFresh = () => {
      throw new LeaseLostError("another leads");
    };
    const client = createEventClient(transport, new InstantClock(), { fence: { assertFresh } });
    const isLost = (error: unknown) => error instanceof LeaseLostError;
    await assert.rejects(client.create(EVENT, undefined, signal), isLost);
    await assert.rejects(client.repeat({ namespace: "team-a", name: "strict.1" }, SERIES, signal), isLost);
  }));
