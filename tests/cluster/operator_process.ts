// Runs the program as its users do, as a process of its own, against a test cluster.

import type { Launch } from "../../tools/compile/bundle.ts";
import { fromSource } from "../support/launch.ts";
import type { ControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { TextLineStream } from "./text_lines.ts";

/** How the program is run. */
export interface RunOptions {
  /** From its source, or else as this says. */
  readonly launch?: Launch;
  /** Environment variables beside those of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a finished run of the program left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end; within 60 s, or it is killed. */
export async function runProgram(
  args: readonly string[],
  { launch = fromSource(), env = {}, stdin }: RunOptions & { readonly stdin?: string } = {},
): Promise<Finished> {
  const [command, ...first] = launch;
  const child = new Deno.Command(command, {
    args: [...first, ...args],
    env: { KUBECONFIG: "", ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** One line of the log. */
export interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly [property: string]: unknown;
}

/** A running operator. Disposing of it ends it. */
export interface OperatorProcess extends AsyncDisposable {
  readonly log: readonly LogRecord[];
  /** What it has printed to stderr, the log included. */
  readonly stderr: () => string;
  /** Of its process. */
  readonly pid: number;
  /** Asks its metrics server; the status and the body. */
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Waits until it is ready. */
  ready(): Promise<void>;
  /** What is left when it has ended, by itself or because it was told to. */
  readonly finished: Promise<Finished>;
  /** Sends a signal and waits for its end. */
  end(signal: Deno.Signal): Promise<Finished>;
}

/** Starts `reconcile` on `cluster`, its metrics on a free port. */
export function startOperator(
  cluster: Pick<ControlPlane, "kubeconfig">,
  args: readonly string[] = [],
  { launch = fromSource(), env = {} }: RunOptions = {},
): OperatorProcess {
  const [command, ...first] = launch;
  const child = new Deno.Command(command, {
    args: [...first, "reconcile", "--metrics-addr", "127.0.0.1:0", "--log-format", "json", ...args],
    env: { KUBECONFIG: cluster.kubeconfig, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log: LogRecord[] = [];
  let stderr = "";
  const reading = (async () => {
    for await (
      const line of child.stderr.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    ) {
      stderr += `${line}\n`;
      if (line.startsWith("{")) log.push(JSON.parse(line));
    }
  })();
  const stdout = new Response(child.stdout).text();
  let ended = false;

  const finished = (async (): Promise<Finished> => {
    const { code } = await child.status;
    ended = true;
    await reading;
    return { code, stdout: await stdout, stderr };
  })();
  const end = (signal: Deno.Signal): Promise<Finished> => {
    if (!ended) child.kill(signal);
    return finished;
  };
  const get = async (path: string) => {
    const serving = log.find(({ message }) => message === "serving health and metrics");
    if (serving === undefined) throw new Error(`the operator does not serve yet:\n${stderr}`);
    const response = await fetch(`http://${serving["address"]}${path}`);
    return { status: response.status, body: await response.text() };
  };
  return {
    log,
    stderr: () => stderr,
    pid: child.pid,
    get,
    finished,
    end,
    ready: () => eventually(async () => (await get("/readyz")).status === 200, { what: "readiness" }),
    [Symbol.asyncDispose]: async () => void await end("SIGKILL"),
  };
}
