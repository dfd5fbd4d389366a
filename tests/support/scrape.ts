/** Reads what a running operator serves over HTTP. */

import type { RunningOperator } from "./running_operator.ts";

/** Pass this to have the operator serve on a free port. */
export const ON_A_FREE_PORT = { listenOn: { hostname: "127.0.0.1", port: 0 } };

/** The answer to a GET of `path`. */
export async function get(
  operator: RunningOperator,
  path: string,
): Promise<{ status: number; text: string }> {
  const { address } = operator.log.find(({ message }) => message.startsWith("serving"))?.properties ?? {};
  const response = await fetch(`http://${address}${path}`);
  return { status: response.status, text: await response.text() };
}

/** The series whose labels say `label="value"`, each as its line of text. */
export function seriesWith(text: string, label: string, value: string): string[] {
  return text.split("\n").filter((line) => line.includes(`${label}="${value}"`));
}

/** The value of the one series that `line` starts, for example `devopspolicy_reconcile_total`. */
export function valueOf(text: string, line: string): number {
  const found = text.split("\n").filter((candidate) => candidate.startsWith(`${line} `));
  if (found.length !== 1) throw new Error(`${found.length} series are called ${line}`);
  return Number(found[0]?.slice(line.length + 1));
}
