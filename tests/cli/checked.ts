/** Runs `check` on a sandbox, and keeps what was asked and answered. */

import type { CheckReport } from "../../lib/cli/check_report.ts";
import { captured } from "../support/captured.ts";
import { PASS } from "../support/faults.ts";
import type { Call, Fault } from "../support/front.ts";
import { startReachable } from "./harness.ts";

/** Runs `check -o json` on a sandbox with the definition. */
export async function report({ fault = PASS, args = [] }: { fault?: Fault; args?: readonly string[] } = {}) {
  await using server = await startReachable();
  const { cluster, kubeconfig } = server;
  await cluster.install();
  cluster.fault = fault;
  const { code, stdout, stderr } = await captured("check", "--kubeconfig", kubeconfig, "-o", "json", ...args);
  const { answers, ...head } = JSON.parse(stdout) as CheckReport;
  const notOk = answers.filter(({ answer }) => answer !== "ok");
  return { code, stderr, calls: cluster.calls, head, answers, notOk };
}

/** Whether a call reads pods or policies. */
export const isRead = ({ resource }: Call) => resource === "pods" || resource === "devopspolicies";
/** Whether a call asks about a right. */
export const isQuestion = ({ resource }: Call) => resource === "selfsubjectaccessreviews";
