/** The judge: what has to hold once a row is over, whatever was done to the operator. */

import assert from "node:assert/strict";
import { eventually } from "../cluster/eventually.ts";
import { judgeRequests } from "./judge_requests.ts";
import { foreignOf } from "./team.ts";
import type { Open, World } from "./world.ts";

/** Whoever has not lied for so long after the last change does not any more. */
const QUIET_MS = 500;
/** More than this beyond what was open when all was well is a leak. */
const SPARE = 4;
/** The operator's workers, its two watches, and its events. */
const USERS = 16 + 2 + 1;
/**
 * What an operator may have open of which nobody knows what it had when all was well. The runtime's client dials while it
 * waits for a connection that comes free, and keeps both for a while.
 */
const MOST: Open = { connections: 2 * USERS, sockets: 2 * USERS + SPARE };

/** All that has to hold once a row is over, whatever it did; ends the operator. */
export async function judge(world: World): Promise<void> {
  await world.isTrue();
  await world.pass(QUIET_MS);
  assert.deepEqual(await world.lies(), [], "what was true stays so");
  await judgeForeign(world);
  assert.equal((await world.operator.get("/healthz")).status, 200);
  await world.operator.ready();
  await judgeLeaks(world);
  const { code, stderr } = await world.operator.end("SIGTERM");
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /^\s+at |This is a bug|panicked/m);
  await eventually(() => world.proxy.open === 0, { what: "no connection outlives the operator" });
  judgeRequests(world);
}

/** What others own of the policies is as they left it. */
async function judgeForeign(world: World): Promise<void> {
  const policies = await world.policies();
  const names = policies.map(({ metadata: { name } }) => name);
  for (const policy of policies) {
    const { name } = policy.metadata;
    if (!world.foreign.has(name)) continue;
    assert.deepEqual(foreignOf(policy), world.foreign.get(name), `what others own of ${name}`);
  }
  for (const name of world.foreign.keys()) assert(names.includes(name), `${name}, which nobody has removed`);
  assert.deepEqual(
    policies.filter(({ status }) => conditions(status).some(({ type }) => type === "Audited")).map((
      { metadata },
    ) => metadata.name),
    world.foreign.has("lenient") ? ["lenient"] : [],
    "the condition of somebody else",
  );
}

/** The operator has not more open than it had when all was well. */
async function judgeLeaks(world: World): Promise<void> {
  const atRest = world.openAtRest;
  const most = atRest === undefined
    ? MOST
    : { connections: atRest.connections + SPARE, sockets: atRest.sockets + SPARE };
  await eventually(async () => {
    const { connections, sockets } = await world.open();
    assert(connections <= most.connections, `${connections} connections`);
    assert(sockets <= most.sockets, `${sockets} sockets`);
    return true;
  }, { what: `no more than ${JSON.stringify(most)} are open` });
}

function conditions(status: Record<string, unknown> = {}): readonly { type: string }[] {
  return (status["conditions"] ?? []) as readonly { type: string }[];
}
