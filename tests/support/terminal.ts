/** Gives the program a terminal, as `script` of util-linux makes one. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Where the tests are meant to be complete, nothing is skipped for want of a tool. */
const COMPLETE = Deno.env.has("CI") || Deno.env.get("CLUSTER_TESTS") === "required";
const hasScript = await new Deno.Command("script", { args: ["--version"], stdout: "null", stderr: "null" })
  .output()
  .then(({ success }) => success, () => false);

/** Whether tests that need a terminal are to be left out. */
export const NO_TERMINAL = !hasScript && !COMPLETE;

/** Fails a test that needs a terminal and cannot have one. */
export function requireTerminal(): void {
  assert(hasScript, "This test needs the command `script`: install util-linux (Debian: bsdutils).");
}

/** A program that is still there after this hangs, and is killed; milliseconds. */
const DEADLINE_MS = 30_000;

/** Runs `deno run -A main.ts …args` on a terminal of its own, where a person types `input` once it shows `prompt`. */
export async function onTerminal(
  args: readonly string[],
  { env = {}, prompt, input = "" }: { env?: Record<string, string>; prompt?: string; input?: string } = {},
): Promise<{ readonly code: number; readonly shown: string }> {
  requireTerminal();
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  // Some shells stay in between, and die of the Ctrl+C that the program survives.
  const command = ["exec", Deno.execPath(), "run", "-A", main, ...args].join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    env: { NO_COLOR: "", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const typing = child.stdin.getWriter();
  let [shown, isTyped] = ["", false];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    shown += text;
    if (isTyped || prompt === undefined || !shown.includes(prompt)) continue;
    isTyped = true;
    await typing.write(new TextEncoder().encode(input));
  }
  const { code } = await child.status;
  clearTimeout(deadline);
  await typing.close().catch(() => {});
  return { code, shown };
}
