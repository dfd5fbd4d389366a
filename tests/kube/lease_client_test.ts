/** The lease client: what it says on the wire, what it makes of the answers, and what becomes of a frozen connection. */

import assert from "node:assert/strict";
import type { LeaseClaim } from "../../lib/api/ports.ts";
import { createLeaseClient } from "../../lib/kube/lease_client.ts";
import { ManualClock } from "../support/manual_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { json, loginPage, refusal, silence } from "../support/replies.ts";
import { connectionError, type Served, serving, until } from "./harness.ts";

const COLLECTION = "/apis/coordination.k8s.io/v1/namespaces/devops-system/leases";
const NAME = { namespace: "devops-system", name: "kube-devops" };
const CLAIM: LeaseClaim = { holder: "pod-1_x", durationMs: 15_000, transitions: 3 };
const NOW = "2026-02-22T10:00:00.000000Z";
const SPEC = { holderIdentity: "pod-1_x", leaseDurationSeconds: 15, leaseTransitions: 3 };
const lease = (spec: object | undefined = SPEC, resourceVersion = "8") =>
  json({ kind: "Lease", metadata: { name: "kube-devops", resourceVersion }, spec });

interface Used extends Served {
  readonly client: ReturnType<typeof createLeaseClient>;
}

function using(script: readonly Reply[], test: (used: Used) => Promise<void>): Promise<void> {
  return serving(script, async (served) => {
    using client = createLeaseClient(served.transport, NAME, new ManualClock());
    await test({ ...served, client });
  });
}

const calls = {
  get: ({ client, signal }: Used) => client.get(signal),
  create: ({ client, signal }: Used) => client.create(CLAIM, signal),
  replace: ({ client, signal }: Used) => client.replace({ ...CLAIM, resourceVersion: "7" }, CLAIM, signal),
};

for (const [name, call] of Object.entries(calls)) {
  Deno.test(`${name}() gives the lease as it is now`, () =>
    using([lease()], async (used) => {
      assert.deepEqual(await call(used), { ...CLAIM, resourceVersion: "8" });
    }));

  Deno.test(`${name}() asks once: who stands for election has a schedule of its own`, () =>
    using([refusal(503, "ServiceUnavailable")], async (used) => {
      await assert.rejects(call(used), { name: "ApiError", code: 503 });
    }));

  Deno.test(`${name}() goes on with its connection, but not with one that is frozen`, () =>
    using([lease(), lease(), silence, lease()], async (used) => {
      await call(used);
      await call(used);
      assert.equal(used.server.accepted, 1);
      const controller = new AbortController();
      const frozen = call({ ...used, signal: controller.signal });
      await until(() => used.server.requests.length === 3, "the request that is not answered");
      controller.abort(new Error("given up"));
      await assert.rejects(frozen, /given up/);
      await call(used);
      assert.equal(used.server.accepted, 2);
    }));

  Deno.test(`${name}() refuses a login page, and what is no lease`, () =>
    using([loginPage, json({ kind: "Status", metadata: {} })], async (used) => {
      await assert.rejects(call(used), { name: "ConnectionError", message: /is not an API server's/ });
      await assert.rejects(call(used), connectionError("other", /is not a lease\.$/));
    }));
}

Deno.test("get() reads the lease; undefined when there is none", () =>
  using([lease(), refusal(404, "NotFound")], async ({ client, server, signal }) => {
    await client.get(signal);
    assert.equal(await client.get(signal), undefined);
    const { method, target } = server.requests[0]!;
    assert.deepEqual([method, target], ["GET", `${COLLECTION}/kube-devops`]);
  }));

for (
  const [what, spec, found] of [
    ["given back", { holderIdentity: "", leaseDurationSeconds: 1 }, { holder: "", durationMs: 1_000 }],
    ["made by hand, with nothing in it", undefined, { holder: "", durationMs: 15_000 }],
    ["whose holder does not say how long", { holderIdentity: "x" }, { holder: "x", durationMs: 15_000 }],
  ] as const
) {
  Deno.test(`get() reads a lease ${what}`, () =>
    using([json({ kind: "Lease", metadata: { resourceVersion: "8" }, spec })], async ({ client, signal }) => {
      assert.deepEqual(await client.get(signal), { ...found, transitions: 0, resourceVersion: "8" });
    }));
}

Deno.test("create() claims the lease for the first time", () =>
  using([lease()], async ({ client, server, signal }) => {
    await client.create(CLAIM, signal);
    const { method, target, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["POST", `${COLLECTION}?fieldManager=kube-devops-operator`]);
    assert.deepEqual(JSON.parse(body), {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "kube-devops" },
      spec: { ...SPEC, renewTime: NOW, acquireTime: NOW },
    });
  }));

for (
  const [what, holder, acquired] of [["renews", "pod-1_x", {}], ["takes over", "", { acquireTime: NOW }]]
) {
  Deno.test(`replace() that ${what} says so in a merge patch that is bound to the lease's version`, () =>
    using([lease()], async ({ client, server, signal }) => {
      const before = { ...CLAIM, holder: holder as string, resourceVersion: "7" };
      await client.replace(before, CLAIM, signal);
      const { method, target, headers, body } = server.requests[0]!;
      const path = `${COLLECTION}/kube-devops?fieldManager=kube-devops-operator`;
      assert.deepEqual([method, target], ["PATCH", path]);
      assert.equal(headers.get("content-type"), "application/merge-patch+json");
      assert.deepEqual(JSON.parse(body), {
        metadata: { resourceVersion: "7" },
        spec: { ...SPEC, renewTime: NOW, ...(acquired as object) },
      });
    }));
}
