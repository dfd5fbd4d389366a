/** `kube-devops check`: whether the operator would find all that it needs. */

import { gatherFacts } from "../operator/check/gather.ts";
import { judge } from "../operator/check/judge.ts";
import { checkLines, toReport } from "./check_report.ts";
import { withClusterAccess } from "./connect.ts";
import { readEnvironment } from "./environment.ts";
import { EXIT, ExitError } from "./exit.ts";
import { type LeaseFlags, leaseOf } from "./leader_election.ts";
import { print, tell } from "./output.ts";
import { startProgress } from "./progress.ts";
import { systemClock } from "./system_clock.ts";

/** The flags of the command. */
export interface CheckOptions extends LeaseFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** The namespaces that `reconcile` would be given; all when empty. */
  readonly namespace: readonly string[];
  readonly output: "table" | "json";
}

/**
 * Asks, judges and prints.
 *
 * @throws {ExitError} with exit code 1 when an answer is no
 */
export async function check({ namespace, output, ...flags }: CheckOptions): Promise<void> {
  await withClusterAccess(flags, "check the cluster", async (access) => {
    if (access.warning !== undefined) tell(`warning: ${access.warning}`);
    const lease = flags.leaderElect ? await leaseOf(flags, access.credentials) : undefined;
    const facts = await gather({ ...access, clock: systemClock, namespaces: namespace, lease });
    const answers = judge(facts);
    if (output === "json") print(JSON.stringify(toReport(facts, answers), null, 2));
    else print(checkLines(answers, { colour: wantsColour() }).join("\n"));
    const missing = answers.filter(({ answer }) => answer === "no").length;
    if (missing > 0) throw new ExitError(EXIT.no, `${missing} of ${answers.length} answers are no.`);
  });
}

/** Asks, and tells how far it is when that takes its time. */
async function gather(options: Omit<Parameters<typeof gatherFacts>[0], "onRight">) {
  const { clock, credentials: { server, origin } } = options;
  let progress = "";
  using _ = startProgress(() => `checking ${server} (${origin}) …${progress}`, { clock });
  const onRight = (asked: number, of: number) => progress = ` ${asked} of ${of} rights`;
  return await gatherFacts({ ...options, onRight }, new AbortController().signal);
}

function wantsColour(): boolean {
  return Deno.stdout.isTerminal() && readEnvironment(["NO_COLOR"])["NO_COLOR"] === undefined;
}
