/** `kube-devops demo`: the operator at work on an API server of its own, with a story to watch. */

import { linkedAbort } from "../api/abort.ts";
import { sleep } from "../api/clock.ts";
import type { Logger } from "../api/logger.ts";
import { httpCluster } from "../kube/cluster.ts";
import { explain } from "../kube/explain.ts";
import { Transport } from "../kube/transport.ts";
import { runOperator } from "../operator/run.ts";
import { policyCrd } from "../policy/crd.ts";
import { SYSTEM_NAMESPACES } from "../policy/namespaces.ts";
import { type Sandbox, startSandbox } from "../sandbox/mod.ts";
import { Admin } from "./demo/admin.ts";
import { credentialsOf, directFetch, invite } from "./demo/join.ts";
import { liveStage } from "./demo/live_stage.ts";
import { fillCluster, loadScene } from "./demo/load.ts";
import { plainStage } from "./demo/plain_stage.ts";
import type { TerminalSize } from "./demo/screen.ts";
import type { Stage } from "./demo/stage.ts";
import { STORY } from "./demo/story.ts";
import { tellStory } from "./demo/tell_story.ts";
import { readEnvironment } from "./environment.ts";
import { EXIT, ExitError } from "./exit.ts";
import { notPermitted, SCREEN_VARIABLES } from "./grants.ts";
import { keepDebuggerShut } from "./no_debugger.ts";
import { print } from "./output.ts";
import { onStopSignal } from "./stop_signal.ts";
import { systemClock } from "./system_clock.ts";
import { VERSION } from "./version.ts";

/** The flags of the command. */
export interface DemoOptions {
  /** Play the story once without pauses, and tell with the exit code whether all of it came true. */
  readonly once?: boolean;
  /** The port of the API server; 0 for a free one. */
  readonly port: number;
  readonly pods: number;
  readonly policies: number;
}

const REDRAW_MS = 250;
const REQUEUE_MS = 30_000;
/** The width of a table that no window has to hold. */
const WIDE = 200;

/** Plays until the story is over (`--once`), until Ctrl+C, or until nobody watches any more. */
export async function demo({ once = false, port, pods, policies }: DemoOptions): Promise<void> {
  if (pods > 0 && policies === 0) {
    const message =
      `Cannot start with ${pods} pods under no policy. Pass how many share them, for example --policies 10.`;
    throw new ExitError(EXIT.usage, message);
  }
  await using sandbox = await openSandbox(port);
  using stop = onStopSignal({ hangup: true });
  using end = linkedAbort(stop.signal);
  const credentials = credentialsOf(sandbox);
  const transport = new Transport({ credentials, userAgent: `kube-devops/${VERSION}` });
  const admin = new Admin(sandbox.url, transport.fetch(end.signal));
  await admin.create(policyCrd());

  const stage = once ? plainStage(print, WIDE) : chooseStage((text) => {
    if (!print(text)) end.abort();
  });
  const load = { pods, policies };
  if (policies > 0) {
    stage.note(`Filling the cluster with ${pods} pods under ${policies} policies`);
    await fillCluster(load, new Admin(sandbox.url, directFetch(sandbox)), sandbox);
  }
  using _shut = keepDebuggerShut(warningsOn(stage), systemClock);
  await using invitation = once ? undefined : await invite(sandbox);
  if (invitation !== undefined) stage.note(`${invitation.text}\nCtrl+C ends it.`);
  const scenes = policies > 0 ? [loadScene(load), ...STORY] : STORY;
  const story = tellStory(scenes, { once, stage, admin, clock: systemClock }, end.signal);
  const parts = [
    runOperator({
      cluster: httpCluster(transport, systemClock),
      clock: systemClock,
      log: warningsOn(stage),
      version: VERSION,
      namespaces: [],
      systemNamespaces: SYSTEM_NAMESPACES,
      requeueMs: REQUEUE_MS,
      listenOn: undefined,
      memory: () => Deno.memoryUsage(),
      explain: (error, what) => explain(error, credentials, what),
      isHopeless: () => false,
      onStatus: (change) => stage.status(change),
    }, end.signal),
    redraw(stage, admin, end.signal),
    story,
  ];
  try {
    await Promise.race(parts);
  } catch (error) {
    // Ctrl+C ends whatever request is under way: that is no failure.
    if (!end.signal.aborted) throw error;
  } finally {
    end.abort();
    await Promise.allSettled(parts);
    transport.close();
    stage[Symbol.dispose]();
  }
  if (!once) return;
  const isTold = await story.catch(() => false);
  if (!isTold) {
    const message = `Stopped before all ${scenes.length} scenes came true. Run it again to see the rest.`;
    throw new ExitError(EXIT.no, message);
  }
  print(`All ${scenes.length} scenes came true. ${Math.round(Deno.memoryUsage().rss / 1e6)} MB of memory.`);
}

/** A live table for a person at a terminal; lines for anybody else, and where the cursor had better not move. */
function chooseStage(print: (text: string) => void): Stage {
  const { NO_COLOR, CI, TERM } = readEnvironment(SCREEN_VARIABLES);
  if (!Deno.stdout.isTerminal()) return plainStage(print, WIDE);
  const isPlain = NO_COLOR !== undefined || CI !== undefined || TERM === "dumb";
  return isPlain ? plainStage(print, terminalSize().columns) : liveStage({ print, size: terminalSize });
}

/** The size of the terminal, or the usual one where it does not know its own. */
function terminalSize(): TerminalSize {
  const { columns, rows } = Deno.consoleSize();
  return { columns: columns || 80, rows: rows || 24 };
}

async function redraw(stage: Stage, admin: Admin, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    stage.policies(await admin.policies());
    await sleep(systemClock, REDRAW_MS, signal);
  }
}

async function openSandbox(port: number): Promise<Sandbox> {
  const host = `127.0.0.1:${port}`;
  // Asked beforehand: the runtime refuses a server of node's where nobody can catch it.
  if ((await Deno.permissions.query({ name: "net", host })).state !== "granted") {
    throw new ExitError(EXIT.usage, notPermitted("--allow-net", [host]));
  }
  try {
    return await startSandbox({ clock: systemClock, port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    const message =
      `Cannot serve the demo on port ${port}: it is in use. Pass another --port, or 0 for a free one.`;
    throw new ExitError(EXIT.usage, message, { cause: error });
  }
}

/** A log of which only warnings are shown: the rest of what happens is on the stage. */
function warningsOn(stage: Stage): Logger {
  const warn = (message: string, properties: Record<string, unknown> = {}) =>
    stage.note(`warning: ${message}${properties.problem === undefined ? "" : `: ${properties.problem}`}`);
  return { debug() {}, info() {}, warn, error: warn };
}
