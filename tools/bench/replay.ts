/** Measures an operator against the replay: far more pods than an API server on one machine would bear, and storms of them. */

import { type Contender, type RunningContender, startContender } from "./contender.ts";
import type { Size } from "./plan.ts";
import { probe } from "./probe.ts";
import type { Verdict } from "./replay/referee.ts";
import type { Serving } from "./replay/server.ts";

/** What to measure. */
export interface ReplayCourse {
  readonly server: ReplayServer;
  readonly dir: string;
  readonly restSeconds: number;
  /** Seconds of storm; 0 for none. */
  readonly stormSeconds: number;
  readonly signal: AbortSignal;
}

/** What one run came to. Memory in bytes, up to the end of the rest. */
export interface ReplayFigures {
  readonly coldMs: number;
  readonly coldProcessorSeconds: number;
  readonly peakMemory: number;
  readonly restMemory: number;
  readonly restProcessorSeconds: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly storm: StormFigures | undefined;
}

/** What a storm came to. */
export interface StormFigures extends Verdict {
  readonly events: number;
  /** From the last event until every status was right. */
  readonly rightAfterMs: number;
  readonly processorSeconds: number;
  /** Of the whole run; bytes. */
  readonly peakMemory: number;
  /** How long each probe of the operator's health took. */
  readonly probeMs: readonly number[];
}

/** Pod events a second in a storm. */
export const STORM_PER_SECOND = 1_000;
const TRUTH_LIMIT_MS = 180_000;
const SETTLE_MS = 3_000;

type Answer = Verdict & { readonly requests: Readonly<Record<string, number>> };

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
  const script = new URL("./replay/server.ts", import.meta.url).pathname;
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

/** Measures one run of `contender`. @throws when it ends, or does not come to say the truth */
export async function measureReplay(contender: Contender, course: ReplayCourse): Promise<ReplayFigures> {
  const { server, dir, restSeconds, stormSeconds, signal } = course;
  await server.command("reset");
  await using running = await startContender(contender, { ...server, token: "replay" }, { dir, signal });
  const { requests } = await truth(running, server);
  const coldMs = performance.now() - running.startedAt;
  const coldProcessorSeconds = await running.processorSeconds();
  await running.during(delay(SETTLE_MS));

  const before = await running.processorSeconds();
  await running.during(delay(restSeconds * 1000));
  const { peak, resident } = await running.memory();
  return {
    coldMs,
    coldProcessorSeconds,
    peakMemory: peak,
    restMemory: resident,
    restProcessorSeconds: await running.processorSeconds() - before,
    requests,
    storm: stormSeconds > 0 ? await weather(running, server, stormSeconds) : undefined,
  };
}

/** Lets a storm loose on the operator, and probes it all the while. */
async function weather(
  running: RunningContender,
  server: ReplayServer,
  seconds: number,
): Promise<StormFigures> {
  const before = await running.processorSeconds();
  const calm = new AbortController();
  const probing = probe(await running.address(), calm.signal);
  try {
    await running.during(Promise.race([
      server.command("storm", { perSecond: STORM_PER_SECOND, seconds }),
      probing.then(() => Promise.reject(new Error("The probe ended."))),
    ]));
    const endedAt = performance.now();
    const verdict = await truth(running, server);
    return {
      ...verdict,
      events: STORM_PER_SECOND * seconds,
      rightAfterMs: performance.now() - endedAt,
      processorSeconds: await running.processorSeconds() - before,
      peakMemory: (await running.memory()).peak,
      probeMs: await (calm.abort(), probing),
    };
  } finally {
    calm.abort();
  }
}

async function truth(running: RunningContender, server: ReplayServer): Promise<Answer> {
  const answer = await running.during(server.command("truth", { withinMs: TRUTH_LIMIT_MS }));
  if (answer.wrong === 0) return answer;
  const late = `After ${TRUTH_LIMIT_MS / 1000} s, ${answer.wrong} policies do not say the truth`;
  throw new Error(`${late}: ${answer.example}`);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
