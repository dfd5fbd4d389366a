/** Uninstalling on a sandbox: all goes, in the right order, whoever works against it; and nothing is lost half-way. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../../lib/api/devops_policy.ts";
import { type Fault, type FaultySandbox, refused } from "../../support/faulty_sandbox.ts";
import { CRD, finalizersOf, POLICIES, slow, uninstalling } from "./harness.ts";

/** The writes among `requests`, without where they went. */
function writes({ requests }: FaultySandbox): readonly string[] {
  return requests.map((request) => request.split(" ")[0]!).filter((method) => method !== "GET");
}

Deno.test("readInstallation() finds nothing where there is no definition", () =>
  uninstalling(async ({ server, read }) => {
    await server.send("DELETE", CRD);
    assert.equal(await read(), undefined);
  }));

Deno.test("uninstall() deletes a definition that has no policies", () =>
  uninstalling(async ({ server, run, read }) => {
    assert.equal(await run(), undefined);
    assert.equal(await read(), undefined);
    assert.deepEqual(writes(server), ["DELETE"]);
  }));

Deno.test("uninstall() takes the finalizer off every policy first, and then deletes the definition", () =>
  uninstalling(async ({ server, create, run, read }) => {
    for (const name of ["a", "b", "c"]) await create(name);
    await create("not-seen-yet", []);
    assert.equal(await run(), undefined);
    assert.equal(await read(), undefined);
    assert.deepEqual(writes(server), ["PATCH", "PATCH", "PATCH", "DELETE"]);
  }));

/** Does what an operator would: puts the finalizer back on every policy that loses it and is not being deleted. */
const puttingBack: Fault = async (request, forward) => {
  const response = await forward(request);
  if (request.method !== "PATCH" || !response.ok) return response;
  const policy = await response.clone().json();
  const { deletionTimestamp } = policy.metadata;
  if (deletionTimestamp === undefined) {
    const body = JSON.stringify({ metadata: { finalizers: [FINALIZER] } });
    const headers = { "content-type": "application/merge-patch+json" };
    const answer = await forward(new Request(request.url, { method: "PATCH", headers, body }));
    await answer.body?.cancel();
  }
  return response;
};

Deno.test("uninstall() is not stopped by an operator that puts the finalizer back", () =>
  uninstalling(async ({ create, run, read }) => {
    for (const name of ["a", "b", "c"]) await create(name);
    assert.equal(await run(), undefined);
    assert.equal(await read(), undefined);
  }, puttingBack));

Deno.test("uninstall() leaves policies alone until they are being deleted when an operator is at work", () =>
  uninstalling(async ({ server, create, run }) => {
    for (const name of ["a", "b"]) await create(name);
    assert.equal(await run({ isOperatorAtWork: true }), undefined);
    assert.deepEqual(writes(server), ["DELETE", "PATCH", "PATCH"]);
  }, puttingBack));

Deno.test("uninstall() deletes the policies itself, as a server does so one after the other", () =>
  uninstalling(async ({ server, clock, create, run, read }) => {
    await create("ours");
    await create("free", []);
    assert.equal(await run({ isOperatorAtWork: true }), undefined);
    assert.equal(await read(), undefined);
    assert.deepEqual(writes(server), ["DELETE", "DELETE", "DELETE", "PATCH"]);
    assert(clock.monotonic() < 1_000);
  }, slow()));

Deno.test("uninstall() frees what hangs because the operator was gone first", () =>
  uninstalling(async ({ server, create, run, read }) => {
    for (const name of ["a", "b"]) await create(name);
    await server.send("DELETE", `${POLICIES}/a`);
    await server.send("DELETE", CRD);
    assert.deepEqual(finalizersOf((await read())!), { a: [FINALIZER], b: [FINALIZER] });
    assert.equal(await run(), undefined);
    assert.equal(await read(), undefined);
  }));

Deno.test("uninstall() deletes no definition that has taken the place of the one that was shown", () =>
  uninstalling(async ({ server, run }) => {
    await assert.rejects(run(), { name: "ApiError", code: 409 });
    assert.equal((await server.send("GET", CRD))["kind"], "CustomResourceDefinition");
  }, async (request, forward) => {
    const response = await forward(request);
    if (request.method !== "GET" || !request.url.endsWith(CRD)) return response;
    const { metadata, ...definition } = await response.json();
    return Response.json({ ...definition, metadata: { ...metadata, uid: "of-another" } });
  }));

for (const [what, method] of [["patch policies", "PATCH"], ["delete definitions", "DELETE"]] as const) {
  Deno.test(`uninstall() deletes nothing for somebody who may not ${what}`, () =>
    uninstalling(
      async ({ server, create, run }) => {
        await create("a");
        await assert.rejects(run(), { name: "ApiError", code: 403 });
        assert.equal((await server.send("GET", `${POLICIES}/a`))["kind"], "DevOpsPolicy");
      },
      (request, forward) =>
        request.method === method ? refused(403, "Forbidden", "you may not") : forward(request),
    ));
}

Deno.test("uninstall() reads pages, patches 16 at a time, and says how far it is", () => {
  let [open, most] = [0, 0];
  const full = Promise.withResolvers<void>();
  return uninstalling(async ({ server, progress, create, run }) => {
    for (let i = 0; i < 1_100; i++) await create(`p-${i}`);
    assert.equal(await run(), undefined);
    assert.equal(most, 16);
    const lists = server.requests.filter((request) => request.includes("/devopspolicies?"));
    assert.deepEqual(lists.filter((request) => !request.includes("limit=500")), []);
    assert(progress.includes("550 of 1100 finalizers removed"));
    assert(progress.includes("deleting the CRD"));
  }, async (request, forward) => {
    if (request.method !== "PATCH") return forward(request);
    most = Math.max(most, ++open);
    if (open === 16) full.resolve();
    await full.promise;
    const response = await forward(request);
    open--;
    return response;
  });
});
