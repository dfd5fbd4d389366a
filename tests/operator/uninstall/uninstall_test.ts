/** Uninstalling on a sandbox: all goes, in the right order, whoever works against it; and nothing is lost half-way. */

import assert from "node:assert/strict";
import { altering, FORBIDDEN, refusing } from "../../support/faults.ts";
import type { Fault } from "../../support/front.ts";
import type { SandboxCluster } from "../../support/sandbox_cluster.ts";
import { finalizersOf, isAboutDefinition, OURS, slow, type Uninstalling, uninstalling } from "./harness.ts";

/** What was written, in order: `patch devopspolicies`. */
function writes({ calls }: SandboxCluster): readonly string[] {
  return calls.filter(({ verb }) => !["get", "list"].includes(verb))
    .map(({ verb, resource }) => `${verb} ${resource}`);
}

const DELETE_CRD = "delete customresourcedefinitions";
const DELETE = "delete devopspolicies";
const PATCH = "patch devopspolicies";

Deno.test("readInstallation() finds nothing where there is no definition", () =>
  uninstalling(async ({ cluster, read }) => {
    await cluster.deleteDefinition();
    assert.equal(await read(), undefined);
  }));

Deno.test("uninstall() deletes a definition that has no policies", () =>
  uninstalling(async ({ cluster, run }) => {
    assert.equal(await run(), undefined);
    assert.equal(await cluster.definition(), undefined);
    assert.deepEqual(writes(cluster), [DELETE_CRD]);
  }));

Deno.test("uninstall() takes the finalizer off every policy first, and then deletes the definition", () =>
  uninstalling(async ({ cluster, create, run }) => {
    for (const name of ["a", "b", "c"]) await create(name);
    await create("not-seen-yet", []);
    assert.equal(await run(), undefined);
    assert.equal(await cluster.definition(), undefined);
    assert.deepEqual(writes(cluster), [PATCH, PATCH, PATCH, DELETE_CRD]);
  }));

/** Does what an operator would: puts the finalizer back on every policy that loses it and is not being deleted. */
function puttingBack({ cluster }: Uninstalling): Fault {
  return async (call, next) => {
    const response = await next();
    if (call.verb !== "patch" || !response.ok) return response;
    const policy = await cluster.policy(call.name);
    if (policy !== undefined && policy.metadata.deletionTimestamp === undefined) {
      await cluster.putPolicy({ name: call.name, finalizers: [OURS] });
    }
    return response;
  };
}

Deno.test("uninstall() is not stopped by an operator that puts the finalizer back", () =>
  uninstalling(async ({ cluster, create, run }) => {
    for (const name of ["a", "b", "c"]) await create(name);
    assert.equal(await run(), undefined);
    assert.equal(await cluster.definition(), undefined);
  }, puttingBack));

Deno.test("uninstall() leaves policies alone until they are being deleted when an operator is at work", () =>
  uninstalling(async ({ cluster, create, run }) => {
    for (const name of ["a", "b"]) await create(name);
    assert.equal(await run({ isOperatorAtWork: true }), undefined);
    assert.deepEqual(writes(cluster), [DELETE_CRD, PATCH, PATCH]);
  }, puttingBack));

Deno.test("uninstall() deletes the policies itself, as a server does so one after the other", () =>
  uninstalling(async ({ cluster, clock, create, run }) => {
    await create("ours");
    await create("free", []);
    assert.equal(await run({ isOperatorAtWork: true }), undefined);
    assert.equal(await cluster.definition(), undefined);
    assert.deepEqual(writes(cluster), [DELETE_CRD, DELETE, DELETE, PATCH]);
    assert(clock.monotonic() < 1_000);
  }, slow));

Deno.test("uninstall() comes back to a policy that somebody else keeps changing", () =>
  uninstalling(async ({ cluster, create, run }) => {
    await create("busy");
    assert.equal(await run(), undefined);
    assert.equal(await cluster.definition(), undefined);
  }, () => {
    let patches = 0;
    const conflict = { code: 409, reason: "Conflict", message: "the object has been modified" };
    // So often is a write computed again before it gives up.
    return refusing(conflict, ({ verb }) => verb === "patch" && ++patches <= 5);
  }));

Deno.test("uninstall() frees what hangs because the operator was gone first", () =>
  uninstalling(async ({ cluster, create, run, read }) => {
    for (const name of ["a", "b"]) await create(name);
    await cluster.deletePolicy("a");
    await cluster.deleteDefinition();
    assert.deepEqual(finalizersOf((await read())!), { a: [OURS], b: [OURS] });
    assert.equal(await run(), undefined);
    assert.equal(await cluster.definition(), undefined);
  }));

Deno.test("uninstall() deletes no definition that has taken the place of the one that was shown", () =>
  uninstalling(async ({ cluster, run }) => {
    await assert.rejects(run(), { name: "ApiError", code: 409 });
    assert.notEqual(await cluster.definition(), undefined);
  }, () =>
    altering(
      (call) => call.verb === "get" && isAboutDefinition(call),
      ({ metadata, ...definition }) => ({
        ...definition,
        metadata: { ...metadata as object, uid: "of-another" },
      }),
    )));

for (
  const [what, write] of [["patch policies", PATCH], ["delete definitions", DELETE_CRD]] as const
) {
  Deno.test(`uninstall() deletes nothing for somebody who may not ${what}`, () =>
    uninstalling(async ({ cluster, create, run }) => {
      await create("a");
      await assert.rejects(run(), { name: "ApiError", code: 403 });
      assert.equal((await cluster.policy("a"))?.metadata.deletionTimestamp, undefined);
      assert.equal((await cluster.definition())?.metadata["deletionTimestamp"], undefined);
    }, () => refusing(FORBIDDEN, ({ verb, resource }) => `${verb} ${resource}` === write)));
}

Deno.test("uninstall() reads pages, patches 16 at a time, and says how far it is", () => {
  let [open, most] = [0, 0];
  const full = Promise.withResolvers<void>();
  return uninstalling(async ({ cluster, progress, create, run }) => {
    for (let i = 0; i < 600; i++) await create(`p-${i}`);
    assert.equal(await run(), undefined);
    assert.equal(most, 16);
    const lists = cluster.reads("devopspolicies").filter(({ query }) => query.get("limit") !== "500");
    assert.deepEqual(lists, []);
    assert(progress.includes("300 of 600 finalizers removed"));
    assert(progress.includes("deleting the CRD"));
  }, () => async (call, next) => {
    if (call.verb !== "patch") return await next();
    most = Math.max(most, ++open);
    if (open === 16) full.resolve();
    await full.promise;
    const response = await next();
    open--;
    return response;
  });
});
