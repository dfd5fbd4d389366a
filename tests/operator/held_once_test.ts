/** What the operator says of 10,000 policies is held once, whoever of its parts knows of it. */

import assert from "node:assert/strict";
import { reconcile } from "../../lib/operator/reconcile.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { BusyClock } from "../support/busy_clock.ts";
import { pod } from "../support/pod_builder.ts";
import { POLICY, reconcileContext } from "../support/reconcile_context.ts";

Deno.test("reconcile() holds a status that the server took as it was written once", async () => {
  const { context, written } = reconcileContext({ clock: new BusyClock() });
  context.pods.apply(pod("web").container("app", { image: "app" }).facts());
  await reconcile(POLICY, context);

  const stored = context.policies.get(POLICY)!;
  assert.equal(written.length, 1);
  assert.deepEqual(stored.status, written[0]);
  assert.notEqual(stored.status, written[0], "not what was read of the answer");
  assert.equal(context.own.statusOf(stored), stored.status as PolicyStatus);
});
