/** How long uninstalling waits: for others that hold a policy or the definition, and for a server that is slow. */

import assert from "node:assert/strict";
import { FORBIDDEN, refusing } from "../../support/faults.ts";
import type { Call, Fault } from "../../support/front.ts";
import { finalizersOf, FOREIGN, isAboutDefinition, OURS, slow, uninstalling } from "./harness.ts";

Deno.test("uninstall() touches no finalizer of others, and gives up on them after 10 seconds", () =>
  uninstalling(async ({ clock, create, run }) => {
    await create("ours");
    await create("both", [FOREIGN, OURS]);
    await create("theirs", [FOREIGN]);
    const left = await run();
    assert(left !== undefined);
    assert.deepEqual(finalizersOf(left), { both: [FOREIGN], theirs: [FOREIGN] });
    assert.equal(clock.monotonic(), 10_000);
  }));

Deno.test("uninstall() waits for others that let go in time", () =>
  uninstalling(async ({ create, run }) => {
    await create("theirs", [FOREIGN]);
    assert.equal(await run(), undefined);
  }, ({ cluster }) => {
    let reads = 0;
    return async (call, next) => {
      if (isAboutDefinition(call) && ++reads === 20) {
        const path = "/apis/devops.stochastic.io/v1/namespaces/production/devopspolicies/theirs";
        await cluster.send("PATCH", path, { metadata: { finalizers: null } });
      }
      return await next();
    };
  }));

/** Goes on showing the definition after it is gone, as a server does that is not done with it, or may not be. */
function lingering(): Fault {
  let definition: unknown;
  return async (call, next) => {
    const response = await next();
    if (call.verb !== "get" || !isAboutDefinition(call)) return response;
    const answer = await response.json();
    if (response.ok) definition = answer;
    return Response.json(definition);
  };
}

for (
  const [who, finalizers, seconds] of [
    ["others keep", [FOREIGN], 10],
    ["the server keeps", null, 60],
  ] as const
) {
  Deno.test(`uninstall() gives up on a definition that ${who} after ${seconds} seconds`, () =>
    uninstalling(async ({ cluster, clock, run, progress }) => {
      const path =
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/devopspolicies.devops.stochastic.io";
      await cluster.send("PATCH", path, { metadata: { finalizers } });
      const left = await run();
      assert.deepEqual(left?.policies, []);
      assert.equal(clock.monotonic(), seconds * 1000);
      assert.equal(progress.at(-1), "waiting for the CRD to go");
    }, lingering));
}

for (
  const [what, isLong, ms] of [
    [
      "no longer for having deleted a lot",
      ({ verb, name }: Call) => verb === "delete" && name === "ours",
      250,
    ],
    [
      "as long as a slow server took to tell what is left",
      ({ verb, resource }: Call) => verb === "list" && resource === "devopspolicies",
      100_000,
    ],
  ] as const
) {
  Deno.test(`uninstall() waits ${what}`, () =>
    uninstalling(async ({ clock, create, run }) => {
      await create("ours");
      assert.equal(await run({ isOperatorAtWork: true }), undefined);
      assert.deepEqual(clock.waits, [ms, ms]);
    }, (tools) => {
      const deleting = slow(tools);
      return (call, next) => {
        if (isLong(call)) tools.pass(100_000);
        return deleting(call, next);
      };
    }));
}

Deno.test("uninstall() leaves the policies to the server where it may not delete them itself", () =>
  uninstalling(async ({ clock, create, run }) => {
    await create("free", []);
    const left = await run();
    assert.deepEqual(finalizersOf(left!), { free: [] });
    assert.equal(clock.monotonic(), 60_000);
  }, (tools) => {
    const deleting = slow(tools);
    const refused = refusing(FORBIDDEN, ({ verb, name }) => verb === "delete" && name === "free");
    return (call, next) => refused(call, async () => await deleting(call, next));
  }));
