/** Asks the person at the terminal before something that cannot be undone. */

import { tell } from "./output.ts";

/** Whether there is a person to be asked, who sees the question and can answer it. */
export function canAsk(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** Whether the person answers `question` with "yes", in full. */
export async function isConfirmed(question: string): Promise<boolean> {
  tell(`${question} Type yes: `, "");
  const line = new Uint8Array(1024);
  // A terminal hands over a line at a time.
  const length = await Deno.stdin.read(line) ?? 0;
  return new TextDecoder().decode(line.subarray(0, length)).trim() === "yes";
}
