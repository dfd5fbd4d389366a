/** The operator of a row, wherever it runs: in a process of its own, or in this one on hurried clocks. */

import { type OperatorProcess, startOperator } from "../cluster/operator_process.ts";
import { startHurried } from "./hurried_operator.ts";

/** An operator, wherever it runs. */
export interface Subject extends Omit<OperatorProcess, "pid"> {
  /** Undefined when it has no process of its own. */
  readonly pid: number | undefined;
  /** Its own time; milliseconds since 1970. */
  now(): number;
}

/** How an operator is started. */
export interface SubjectOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** How many times faster than real ones its clocks run, which then is in this process. */
  readonly speed: number | undefined;
  /** Further arguments. */
  readonly args: readonly string[];
}

/** Starts an operator on one namespace. */
export async function startSubject(
  { kubeconfig, namespace, speed, args }: SubjectOptions,
): Promise<Subject> {
  return speed === undefined
    ? { ...startOperator({ kubeconfig }, ["-n", namespace, ...args]), now: () => Date.now() }
    : await startHurried({ kubeconfig, namespace, speed });
}

/** How many sockets the operator's process has; 0 when it has no process of its own. */
export async function socketsOf({ pid }: Subject): Promise<number> {
  if (pid === undefined) return 0;
  let count = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    if (target.startsWith("socket:")) count++;
  }
  return count;
}
