/** Short calls and the line: which of them tell it what, and what is not sent while it is closed. */

import assert from "node:assert/strict";
import { Line } from "../../lib/api/line.ts";
import { LeaseLostError } from "../../lib/api/errors.ts";
import { createEventClient } from "../../lib/kube/event_client.ts";
import { createLeaseClient } from "../../lib/kube/lease_client.ts";
import { createPolicyClient } from "../../lib/kube/policy_client.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { hangUp, json, loginPage, refusal, silence } from "../support/replies.ts";
import { connectionError, type Served, serving } from "./harness.ts";

const REF = { namespace: "team-a", name: "strict" };
const metadata = { ...REF, resourceVersion: "8", uid: "u-1" };
const POLICY = json({ kind: "DevOpsPolicy", metadata, spec: {} });
const LEASE = json({ kind: "Lease", metadata, spec: {} });
const EVENT = {
  name: "strict.1",
  subject: metadata,
  type: "Normal",
  reason: "Evaluated",
  note: "All is well.",
  firstAt: 0,
} as const;

interface Used extends Served {
  readonly line: Line;
  readonly clock: InstantClock;
}

function using(script: readonly Reply[], test: (used: Used) => Promise<unknown>): Promise<void> {
  return serving(
    script,
    async (served) => void await test({ ...served, line: new Line(), clock: new InstantClock() }),
    { headersTimeoutMs: 300 },
  );
}

const policies = ({ transport, clock, line }: Used) => createPolicyClient(transport, clock, { line });
const CALLS = {
  get: (used: Used) => policies(used).get(REF, used.signal),
  probe: (used: Used) => policies(used).probe(REF, used.signal),
  patch: (used: Used) => policies(used).patch(REF, [], used.signal),
  patchStatus: (used: Used) =>
    policies(used).patchStatus(REF, { resourceVersion: "7", status: {} }, used.signal),
  "create an event": ({ transport, clock, line, signal }: Used) =>
    createEventClient(transport, clock, { line }).create(EVENT, undefined, signal),
  "get a lease": async ({ transport, clock, line, signal }: Used) => {
    using client = createLeaseClient(transport, REF, clock, line);
    return await client.get(signal);
  },
};
const REPEATED = ["get", "patch", "patchStatus", "create an event"] as const;

for (const [what, call] of Object.entries(CALLS)) {
  Deno.test(`${what}: an answer opens the line, and so does a refusal`, async () => {
    for (const reply of [what === "get a lease" ? LEASE : POLICY, refusal(403)]) {
      await using([reply], async (used) => {
        const ended = used.line.sent();
        await call(used).catch(() => {});
        ended(false);
        assert.equal(used.line.answers, 1);
        assert.equal(used.line.isOpen, true);
      });
    }
  });

  Deno.test(`${what}: silence closes the line, and is not repeated while nobody else is answered`, () =>
    using([silence], async (used) => {
      await assert.rejects(call(used), connectionError("timeout", /answer/));
      assert.equal(used.line.isOpen, false);
    }));
}

for (const what of REPEATED) {
  Deno.test(`${what}: a connection that breaks says nothing of the line, and is tried again`, () =>
    using([hangUp, loginPage, POLICY], async (used) => {
      await CALLS[what](used);
      assert.equal(used.line.answers, 1);
    }));

  Deno.test(`${what}: nothing is sent while the line is closed, and all goes on when it is opened in between`, async () => {
    await using([], async (used) => {
      used.line.close();
      await assert.rejects(CALLS[what](used), connectionError("timeout", /has stopped answering/));
    });
    await using([POLICY], async (used) => {
      used.line.close();
      const calling = CALLS[what](used);
      used.line.open();
      await calling;
    });
  });
}

Deno.test("probe() is sent once although the line is closed, and asks no fence: reading harms nobody", async () => {
  const assertFresh = () => {
    throw new LeaseLostError("another leads");
  };
  for (const reply of [POLICY, refusal(503), refusal(404)]) {
    await using([reply], async ({ transport, clock, line, signal }) => {
      line.close();
      await createPolicyClient(transport, clock, { fence: { assertFresh }, line }).probe(REF, signal);
      assert.equal(line.isOpen, true);
    });
  }
  await using([hangUp], async (used) => {
    used.line.close();
    await assert.rejects(CALLS.probe(used), connectionError("reset", /broke/));
    assert.equal(used.line.isOpen, false);
  });
});
