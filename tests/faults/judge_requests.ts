/** What an operator may have asked of an API server by the end of a row, and what it must have met. */

import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** How often a heartbeat is due. */
const REQUEUE_MS = 30_000;

/** Nothing but what an operator does, hardly more often than if it had not been disturbed; and it has been. */
export function judgeRequests(world: World): void {
  const { proxy } = world;
  assert.deepEqual(proxy.unmet, [], "what the row does to the operator has been done to it");
  assert.deepEqual(
    proxy.requests.filter(({ kind, resource }) =>
      (kind === "create" && resource !== "events") || kind === "other"
    ).map(({ method, path }) => `${method} ${path}`),
    [],
    "the operator creates nothing but events, and neither replaces nor deletes",
  );
  const writes = proxy.log({ where: ({ kind }) => kind === "patch" || kind === "patchStatus" });
  // Those that are gone as well.
  const names = new Set(writes.filter(({ resource }) => resource !== "events").map(({ name }) => name));
  for (const name of names) judgeWrites(world, name);
  const { length } = proxy.requests.filter(({ kind, resource }) => resource === "events" && kind !== "get");
  const allowed = names.size * (1 + world.changes + world.surplus);
  assert(length <= allowed, `${length} events were told of, ${allowed} at most`);
}

/**
 * At most one status for each change, and a heartbeat; and for each life of a policy, our finalizer is put on once and
 * taken off once. A row may allow for more.
 */
function judgeWrites(world: World, name: string): void {
  const { changes, lasted, lives, proxy, surplus } = world;
  const statuses = world.statusWrites(name).length;
  const mostStatuses = 1 + changes + Math.ceil(lasted / REQUEUE_MS) + surplus;
  assert(statuses <= mostStatuses, `${statuses} status writes of ${name}, ${mostStatuses} at most`);
  const finalizers = proxy.log({ kind: "patch", resource: "devopspolicies", name }).length;
  const mostFinalizers = 2 * (lives.get(name) ?? 1) + surplus;
  assert(
    finalizers <= mostFinalizers,
    `${finalizers} finalizer writes of ${name}, ${mostFinalizers} at most`,
  );
}
