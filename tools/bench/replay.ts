/** Measures an operator against the replay: far more pods than an API server on one machine would bear, and storms of them. */

import { type Contender, type RunningContender, startContender } from "./contender.ts";
import { probe } from "./probe.ts";
import type { Answer, ReplayServer } from "./replay/process.ts";
import type { Verdict } from "./replay/referee.ts";

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
  readonly relist: RelistFigures;
  readonly storm: StormFigures | undefined;
}

/** What reading all pods again came to, none of which had changed. */
export interface RelistFigures {
  /** From the end of the watch until all pods had been sent again. */
  readonly ms: number;
  readonly processorSeconds: number;
  /** Of the whole run; bytes. */
  readonly peakMemory: number;
  /** How long each probe of the operator's health took. */
  readonly probeMs: readonly number[];
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
    relist: await relist(running, server),
    storm: stormSeconds > 0 ? await weather(running, server, stormSeconds) : undefined,
  };
}

/** Makes the operator read all pods again, and probes it all the while. */
async function relist(running: RunningContender, server: ReplayServer): Promise<RelistFigures> {
  const before = await running.processorSeconds();
  const { result: ms, probeMs } = await probed(running, async () => {
    const startedAt = performance.now();
    await server.command("relist");
    const endedAt = performance.now();
    // What it takes to see what is gone.
    await delay(SETTLE_MS);
    return endedAt - startedAt;
  });
  return {
    ms,
    processorSeconds: await running.processorSeconds() - before,
    peakMemory: (await running.memory()).peak,
    probeMs,
  };
}

/** Lets a storm loose on the operator, and probes it all the while. */
async function weather(
  running: RunningContender,
  server: ReplayServer,
  seconds: number,
): Promise<StormFigures> {
  const before = await running.processorSeconds();
  const { result, probeMs } = await probed(running, async () => {
    await server.command("storm", { perSecond: STORM_PER_SECOND, seconds });
    const endedAt = performance.now();
    return { ...await truth(running, server), rightAfterMs: performance.now() - endedAt };
  });
  return {
    ...result,
    events: STORM_PER_SECOND * seconds,
    processorSeconds: await running.processorSeconds() - before,
    peakMemory: (await running.memory()).peak,
    probeMs,
  };
}

/** What `work` came to, and how long each probe took while it went on. */
async function probed<T>(
  running: RunningContender,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly probeMs: readonly number[] }> {
  const calm = new AbortController();
  const probing = probe(await running.address(), calm.signal);
  try {
    const ended = probing.then(() => Promise.reject(new Error("The probe ended.")));
    const result = await running.during(Promise.race([work(), ended]));
    calm.abort();
    return { result, probeMs: await probing };
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
