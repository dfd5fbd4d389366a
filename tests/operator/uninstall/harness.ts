/** What the tests of this folder share: a sandbox with the definition, all it takes to uninstall it, and its faults. */

import assert from "node:assert/strict";
import { systemClock } from "../../../lib/cli/system_clock.ts";
import { httpCluster } from "../../../lib/kube/cluster.ts";
import { createCrdClient } from "../../../lib/kube/crd_client.ts";
import { createPolicyDeletion } from "../../../lib/kube/policy_deletion.ts";
import { Transport } from "../../../lib/kube/transport.ts";
import type { Installation } from "../../../lib/operator/uninstall/plan.ts";
import { readInstallation, uninstall } from "../../../lib/operator/uninstall/uninstall.ts";
import { PASS } from "../../support/faults.ts";
import type { Call, Fault } from "../../support/front.ts";
import { InstantClock } from "../../support/instant_clock.ts";
import { SandboxCluster } from "../../support/sandbox_cluster.ts";

export const OURS = "devops.stochastic.io/cleanup";
export const FOREIGN = "example.com/hold";

/** A sandbox with the definition, and what it takes to uninstall it. */
export interface Uninstalling {
  readonly cluster: SandboxCluster;
  readonly clock: InstantClock;
  /** Lets time go by while something is under way. */
  pass(ms: number): void;
  readonly progress: readonly string[];
  create(name: string, finalizers?: readonly string[]): Promise<void>;
  read(): Promise<Installation | undefined>;
  run(options?: { isOperatorAtWork?: boolean }): Promise<Installation | undefined>;
}

/** Runs `test`; `fault`, made for the occasion, hears of every call. */
export async function uninstalling(
  test: (tools: Uninstalling) => Promise<void>,
  fault: (tools: Uninstalling) => Fault = () => PASS,
): Promise<void> {
  await using cluster = await SandboxCluster.start({ clock: systemClock });
  await cluster.install();
  const transport = new Transport({ credentials: cluster.credentials, userAgent: "test" });
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
  const tools: Uninstalling = {
    cluster,
    clock,
    pass: (ms) => void (passed += ms),
    progress,
    create: (name, finalizers = [OURS]) => cluster.putPolicy({ name, finalizers }),
    read: () => readInstallation(options, signal),
    async run({ isOperatorAtWork = false } = {}) {
      const installed = await tools.read();
      assert(installed !== undefined);
      return await uninstall(installed, isOperatorAtWork, options, signal);
    },
  };
  cluster.fault = fault(tools);
  try {
    await test(tools);
  } finally {
    transport.close();
  }
}

/** The finalizers of the policies that are left, by name. */
export function finalizersOf({ policies }: Installation): Record<string, readonly string[]> {
  return Object.fromEntries(policies.map(({ name, metadata }) => [name, metadata.finalizers ?? []]));
}

/** Whether a call is about the definition itself. */
export function isAboutDefinition({ resource }: Call): boolean {
  return resource === "customresourcedefinitions";
}

/** Takes its time to delete the policies of a definition: by then, somebody else has done so. */
export function slow({ cluster }: Uninstalling): Fault {
  let isAsked = false;
  return async (call, next) => {
    if (!isAboutDefinition(call)) return next();
    isAsked ||= call.verb === "delete";
    if (isAsked && await isEmpty(cluster)) await cluster.deleteDefinition();
    return call.verb === "delete" ? Response.json({}) : await next();
  };
}

async function isEmpty(cluster: SandboxCluster): Promise<boolean> {
  const policies = await cluster.find("/apis/devops.stochastic.io/v1/devopspolicies");
  return Array.isArray(policies?.["items"]) && policies["items"].length === 0;
}
