/** The replay as a process of its own, so that what it takes is not counted with what drives it. */

import type { Size } from "../plan.ts";
import type { Verdict } from "./referee.ts";
import type { Serving } from "./server.ts";

/** What it says of itself when it has done so. */
export type Answer = Verdict & { readonly requests: Readonly<Record<string, number>> };

/** The process that replays. Disposing of it ends it. */
export interface ReplayServer extends AsyncDisposable, Serving {
  /** Tells it to do something; resolves when that is done. */
  command(path: string, query?: Readonly<Record<string, number>>): Promise<Answer>;
}

/**
 * Starts the process; it records first, on a real API server.
 *
 * @throws when it ends before it serves, as it does when `signal` aborts
 */
export async function startReplay(size: Size, signal: AbortSignal): Promise<ReplayServer> {
  const script = new URL("./server.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, JSON.stringify(size)],
    stdin: "piped", // never written to: its end tells the child that we are gone
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const dismiss = () => void child.stdin.close();
  signal.addEventListener("abort", dismiss);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: line } = await reader.read();
  if (line === undefined) {
    throw new Error("Cannot start the replay: its process ended. Its messages are above.");
  }
  const { url, caPem } = JSON.parse(line) as Serving;
  const client = Deno.createHttpClient({ caCerts: [caPem], http2: false });
  return {
    url,
    caPem,
    async command(path, query = {}) {
      const parameters = new URLSearchParams(
        Object.entries(query).map(([name, value]) => [name, String(value)]),
      );
      const response = await fetch(`${url}/bench/${path}?${parameters}`, { client });
      if (!response.ok) throw new Error(`Cannot ${path}: ${await response.text()}`);
      return await response.json();
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await reader.cancel();
      signal.removeEventListener("abort", dismiss);
      if (!signal.aborted) dismiss();
      await child.status;
    },
  };
}
