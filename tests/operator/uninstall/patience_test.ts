/** How long uninstalling waits: for others that hold a policy or the definition, and for a server that is slow. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../../lib/api/devops_policy.ts";
import { type Fault, type FaultySandbox, refused } from "../../support/faulty_sandbox.ts";
import { CRD, EVERYWHERE, finalizersOf, FOREIGN, POLICIES, slow, uninstalling } from "./harness.ts";

Deno.test("uninstall() touches no finalizer of others, and gives up on them after 10 seconds", () =>
  uninstalling(async ({ clock, create, run }) => {
    await create("ours");
    await create("both", [FOREIGN, FINALIZER]);
    await create("theirs", [FOREIGN]);
    const left = await run();
    assert(left !== undefined);
    assert.deepEqual(finalizersOf(left), { both: [FOREIGN], theirs: [FOREIGN] });
    assert.equal(clock.monotonic(), 10_000);
  }));

Deno.test("uninstall() waits for others that let go in time", () => {
  let reads = 0;
  let server: FaultySandbox | undefined;
  return uninstalling(async (tools) => {
    server = tools.server;
    await tools.create("theirs", [FOREIGN]);
    assert.equal(await tools.run(), undefined);
  }, async (request, forward) => {
    if (request.method === "GET" && request.url.endsWith(CRD) && ++reads === 20) {
      await server?.send("PATCH", `${POLICIES}/theirs`, { metadata: { finalizers: null } });
    }
    return forward(request);
  });
});

/** Goes on showing the definition after it is gone, as a server does that is not done with it, or may not be. */
function lingering(): Fault {
  let definition: unknown;
  return async (request, forward) => {
    const response = await forward(request);
    if (request.method !== "GET" || !request.url.endsWith(CRD)) return response;
    const answer = await response.json();
    if (response.ok) definition = answer;
    return Response.json(definition);
  };
}

for (
  const [who, finalizers, seconds] of [["others keep", [FOREIGN], 10], [
    "the server keeps",
    null,
    60,
  ]] as const
) {
  Deno.test(`uninstall() gives up on a definition that ${who} after ${seconds} seconds`, () =>
    uninstalling(async ({ server, clock, run }) => {
      await server.send("PATCH", CRD, { metadata: { finalizers } });
      const left = await run();
      assert.deepEqual(left?.policies, []);
      assert.equal(clock.monotonic(), seconds * 1000);
    }, lingering()));
}

for (
  const [what, part, ms] of [
    ["no longer for having deleted a lot", `DELETE ${POLICIES}`, 250],
    ["as long as a slow server took to tell what is left", `GET ${EVERYWHERE}`, 100_000],
  ] as const
) {
  Deno.test(`uninstall() waits ${what}`, () => {
    const deleting = slow();
    let pass = (_ms: number) => {};
    return uninstalling(async ({ clock, create, run, ...tools }) => {
      await create("ours");
      pass = tools.pass;
      assert.equal(await run({ isOperatorAtWork: true }), undefined);
      assert.deepEqual(clock.waits, [ms, ms, ms]);
    }, (request, forward) => {
      if (`${request.method} ${new URL(request.url).pathname}`.startsWith(part)) pass(100_000);
      return deleting(request, forward);
    });
  });
}

Deno.test("uninstall() leaves the policies to the server where it may not delete them itself", () => {
  const deleting = slow();
  return uninstalling(
    async ({ clock, create, run }) => {
      await create("free", []);
      const left = await run();
      assert.deepEqual(finalizersOf(left!), { free: [] });
      assert.equal(clock.monotonic(), 60_000);
    },
    (request, forward) =>
      request.method === "DELETE" && request.url.includes(POLICIES)
        ? refused(403, "Forbidden", "you may not")
        : deleting(request, forward),
  );
});
