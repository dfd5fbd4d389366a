/** `kube-devops crd uninstall`. */

import type { Clock } from "../api/clock.ts";
import { httpCluster } from "../kube/cluster.ts";
import { createCrdClient } from "../kube/crd_client.ts";
import { createPolicyDeletion } from "../kube/policy_deletion.ts";
import {
  foreignFinalizers,
  type Installation,
  keepersOf,
  planUninstall,
} from "../operator/uninstall/plan.ts";
import { readInstallation, uninstall } from "../operator/uninstall/uninstall.ts";
import { CRD_NAME } from "../policy/crd.ts";
import { canAsk, isConfirmed } from "./ask.ts";
import { withClusterAccess } from "./connect.ts";
import { EXIT, ExitError } from "./exit.ts";
import { print, tell } from "./output.ts";
import { startProgress } from "./progress.ts";
import { systemClock } from "./system_clock.ts";
import { heldSentence, planLines } from "./uninstall_lines.ts";

/** The flags of the command. */
export interface CrdUninstallOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Do it without being asked. */
  readonly yes?: boolean;
}

/**
 * Says what it will do, and does it once it may.
 *
 * @throws {ExitError} with exit code 1 when it may not, or others keep something
 */
export async function crdUninstall(
  { yes = false, ...flags }: CrdUninstallOptions,
  clock: Clock = systemClock,
): Promise<void> {
  await withClusterAccess(flags, `uninstall ${CRD_NAME}`, async ({ transport, credentials, warning }) => {
    if (warning !== undefined) tell(`warning: ${warning}`);
    const { server, origin } = credentials;
    const { signal } = new AbortController();
    const tools = {
      crds: createCrdClient(transport, clock),
      cluster: httpCluster(transport, clock),
      deletePolicy: createPolicyDeletion(transport, clock),
      clock,
    };
    const installed = await withProgress("reading the policies", () => readInstallation(tools, signal));
    if (installed === undefined) return print(`${CRD_NAME} is not installed (${origin})`);
    const plan = planUninstall(installed, clock.now());
    print(planLines(plan, `${server} (${origin})`).join("\n"));
    if (!yes) await confirm();
    const left = await withProgress(
      "removing finalizers",
      (onProgress) => uninstall(installed, plan.atWork !== undefined, { ...tools, onProgress }, signal),
    );
    if (left !== undefined) throw notGone(left);
    print(`${CRD_NAME} is gone (${origin})`);
  });
}

/** Does `work`, and tells in the words that it gives how far it is. */
async function withProgress<T>(
  words: string,
  work: (onProgress: (words: string) => void) => Promise<T>,
): Promise<T> {
  let now = words;
  using _ = startProgress(() => `${now} …`, { clock: systemClock });
  return await work((words) => now = words);
}

async function confirm(): Promise<void> {
  if (!canAsk()) throw new ExitError(EXIT.no, "Nothing was changed. Pass --yes to do all this.");
  if (!await isConfirmed("This cannot be undone.")) throw new ExitError(EXIT.no, "Nothing was changed.");
}

function notGone({ crd, policies }: Installation): ExitError {
  const foreign = foreignFinalizers(policies);
  const keepers = keepersOf(crd);
  if (foreign.size + keepers.length > 0) {
    return new ExitError(EXIT.no, heldSentence({ foreign, keepers }));
  }
  return new ExitError(
    EXIT.cluster,
    `${CRD_NAME} is being deleted, and the server is not done with it after a minute: ` +
      `see how far it is with kubectl describe crd ${CRD_NAME}.`,
  );
}
