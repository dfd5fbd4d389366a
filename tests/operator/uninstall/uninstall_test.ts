/** Uninstalling on a sandbox: all goes, in the right order, whoever works against it; and what others keep stays theirs. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../../lib/api/devops_policy.ts";
import { httpCluster } from "../../../lib/kube/cluster.ts";
import { createCrdClient } from "../../../lib/kube/crd_client.ts";
import { createPolicyDeletion } from "../../../lib/kube/policy_deletion.ts";
import { Transport } from "../../../lib/kube/transport.ts";
import type { Installation } from "../../../lib/operator/uninstall/plan.ts";
import { readInstallation, uninstall } from "../../../lib/operator/uninstall/uninstall.ts";
import { policyCrd } from "../../../lib/policy/crd.ts";
import { TestCredentials } from "../../kube/harness.ts";
import { type Fault, type FaultySandbox, faultySandbox, refused } from "../../support/faulty_sandbox.ts";
import { InstantClock } from "../../support/instant_clock.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const CRD = `${CRDS}/devopspolicies.devops.stochastic.io`;
const POLICIES = "/apis/devops.stochastic.io/v1/namespaces/default/devopspolicies";
const EVERYWHERE = "/apis/devops.stochastic.io/v1/devopspolicies";
const FOREIGN = "example.com/hold";

/** A sandbox with the definition, and what it takes to uninstall it. */
interface Uninstalling {
  readonly server: FaultySandbox;
  readonly clock: InstantClock;
  /** Lets time go by while something is under way. */
  pass(ms: number): void;
  readonly progress: readonly string[];
  create(name: string, finalizers?: readonly string[]): Promise<void>;
  read(): Promise<Installation | undefined>;
  run(options?: { isOperatorAtWork?: boolean }): Promise<Installation | undefined>;
}

async function uninstalling(test: (tools: Uninstalling) => Promise<void>, fault?: Fault): Promise<void> {
  await using server = await faultySandbox(fault);
  await server.send("POST", CRDS, policyCrd());
  const transport = new Transport({ credentials: new TestCredentials(server.url), userAgent: "test" });
  const clock = new InstantClock();
  const progress: string[] = [];
  let passed = 0;
  const options = {
    crds: createCrdClient(transport, clock),
    cluster: httpCluster(transport, clock),
    deletePolicy: createPolicyDeletion(transport, clock),
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic() + passed,
      after: (ms: number, callback: () => void) => clock.after(ms, callback),
    },
    onProgress: (words: string) => void progress.push(words),
  };
  const { signal } = new AbortController();
  const read = () => readInstallation(options, signal);
  try {
    await test({
      server,
      clock,
      pass: (ms) => void (passed += ms),
      progress,
      async create(name, finalizers = [FINALIZER]) {
        const head = { apiVersion: "devops.stochastic.io/v1", kind: "DevOpsPolicy" };
        await server.send("POST", POLICIES, { ...head, metadata: { name, finalizers }, spec: {} });
      },
      read,
      async run({ isOperatorAtWork = false } = {}) {
        const installed = await read();
        assert(installed !== undefined);
        return await uninstall(installed, isOperatorAtWork, options, signal);
      },
    });
  } finally {
    transport.close();
  }
}

/** The writes among `requests`, without where they went. */
function writes({ requests }: FaultySandbox): readonly string[] {
  return requests.map((request) => request.split(" ")[0]!).filter((method) => method !== "GET");
}

/** The finalizers of the policies that are left, by name. */
function finalizersOf({ policies }: Installation): Record<string, readonly string[]> {
  return Object.fromEntries(policies.map(({ name, metadata }) => [name, metadata.finalizers ?? []]));
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

/** Takes its time to delete the policies of a definition: by then, somebody else has done so. */
function slow(): Fault {
  let isAsked = false;
  return async (request, forward) => {
    if (!request.url.endsWith(CRD)) return forward(request);
    isAsked ||= request.method === "DELETE";
    const { origin } = new URL(request.url);
    const policies = await (await forward(new Request(origin + POLICIES))).text();
    const method = isAsked && policies.includes('"items":[]') ? "DELETE" : "GET";
    return forward(new Request(request.url, { method }));
  };
}

Deno.test("uninstall() deletes the policies itself, as a server does so one after the other", () =>
  uninstalling(async ({ server, clock, create, run, read }) => {
    await create("ours");
    await create("free", []);
    assert.equal(await run({ isOperatorAtWork: true }), undefined);
    assert.equal(await read(), undefined);
    assert.deepEqual(writes(server), ["DELETE", "DELETE", "DELETE", "PATCH"]);
    assert(clock.monotonic() < 1_000);
  }, slow()));

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

Deno.test("uninstall() frees what hangs because the operator was gone first", () =>
  uninstalling(async ({ server, create, run, read }) => {
    for (const name of ["a", "b"]) await create(name);
    await server.send("DELETE", `${POLICIES}/a`);
    await server.send("DELETE", CRD);
    assert.deepEqual(finalizersOf((await read())!), { a: [FINALIZER], b: [FINALIZER] });
    assert.equal(await run(), undefined);
    assert.equal(await read(), undefined);
  }));

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
