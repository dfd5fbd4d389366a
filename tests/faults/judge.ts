/** The judge: what has to hold once a row is over, whatever was done to the operator. */

import assert from "node:assert/strict";
import { eventually } from "../cluster/eventually.ts";
import { foreignOf } from "./team.ts";
import type { World } from "./world.ts";

/** How often a heartbeat is due. */
const REQUEUE_MS = 30_000;
/** Whoever has not lied for so long after the last change does not any more. */
const QUIET_MS = 500;
/** More sockets than this beyond those that it had when all was well are a leak. */
const SPARE_SOCKETS = 4;

/** All that has to hold once a row is over, whatever it did. */
export async function judge(world: World): Promise<void> {
  await world.isTrue();
  await world.pass(QUIET_MS);
  assert.deepEqual(await world.lies(), [], "what was true stays so");
  const policies = await world.policies();
  for (const policy of policies) {
    const { name } = policy.metadata;
    if (world.foreign.has(name)) {
      assert.deepEqual(foreignOf(policy), world.foreign.get(name), `what others own of ${name}`);
    }
    judgeWrites(world, name);
  }
  assert.deepEqual(
    policies.filter(({ status }) => conditions(status).some(({ type }) => type === "Audited")).map((
      { metadata },
    ) => metadata.name),
    world.foreign.has("lenient") ? ["lenient"] : [],
    "the condition of somebody else",
  );
  assert.equal((await world.operator.get("/healthz")).status, 200);
  await world.operator.ready();
  if (world.socketsAtRest > 0) {
    const most = world.socketsAtRest + SPARE_SOCKETS;
    await eventually(async () => await world.sockets() <= most, { what: `${most} sockets at most` });
  }
  const { code, stderr } = await world.operator.end("SIGTERM");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /^\s+at |This is a bug|panicked/m);
  assert.deepEqual(
    world.proxy.requests.filter(({ kind, resource }) =>
      (kind === "create" && resource !== "events") || kind === "other"
    ).map(({ method, path }) => `${method} ${path}`),
    [],
    "the operator creates nothing but events, and neither replaces nor deletes",
  );
}

/** At most one write for each change, and a heartbeat; a row may allow for more. */
function judgeWrites(world: World, name: string): void {
  const allowed = 1 + world.changes + Math.ceil(world.lasted / REQUEUE_MS) + world.surplus;
  const { length } = world.statusWrites(name);
  assert(length <= allowed, `${length} status writes of ${name}, ${allowed} at most`);
}

function conditions(status: Record<string, unknown> = {}): readonly { type: string }[] {
  return (status["conditions"] ?? []) as readonly { type: string }[];
}
