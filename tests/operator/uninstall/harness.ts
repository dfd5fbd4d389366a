/** What the tests of this folder share: a sandbox with the definition, all it takes to uninstall it, and its faults. */

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
import { type Fault, type FaultySandbox, faultySandbox } from "../../support/faulty_sandbox.ts";
import { InstantClock } from "../../support/instant_clock.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
export const CRD = `${CRDS}/devopspolicies.devops.stochastic.io`;
export const POLICIES = "/apis/devops.stochastic.io/v1/namespaces/default/devopspolicies";
export const EVERYWHERE = "/apis/devops.stochastic.io/v1/devopspolicies";
export const FOREIGN = "example.com/hold";

/** A sandbox with the definition, and what it takes to uninstall it. */
export interface Uninstalling {
  readonly server: FaultySandbox;
  readonly clock: InstantClock;
  /** Lets time go by while something is under way. */
  pass(ms: number): void;
  readonly progress: readonly string[];
  create(name: string, finalizers?: readonly string[]): Promise<void>;
  read(): Promise<Installation | undefined>;
  run(options?: { isOperatorAtWork?: boolean }): Promise<Installation | undefined>;
}

/** Runs `test`; `fault` hears of every request. */
export async function uninstalling(
  test: (tools: Uninstalling) => Promise<void>,
  fault?: Fault,
): Promise<void> {
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

/** The finalizers of the policies that are left, by name. */
export function finalizersOf({ policies }: Installation): Record<string, readonly string[]> {
  return Object.fromEntries(policies.map(({ name, metadata }) => [name, metadata.finalizers ?? []]));
}

/** Takes its time to delete the policies of a definition: by then, somebody else has done so. */
export function slow(): Fault {
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
