// Runs the server processes of a test cluster: starts them, waits for them, and ends them without leftovers.

const GRACE_MS = 5_000;

/** A running server. */
export interface ServerProcess {
  readonly pid: number;
  /** Ends it with SIGTERM, or with SIGKILL if it is still there after five seconds. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Resolves once `isReady` does to true; throws when the process ends first or `timeoutMs` have passed. */
  waitUntil(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void>;
}

/** Starts a server; its messages are appended to `logFile`. A server built here ends when this process does. */
export async function startProcess(
  name: string,
  binary: string,
  args: readonly string[],
  logFile: string,
): Promise<ServerProcess> {
  const child = new Deno.Command(binary, {
    args: [...args],
    clearEnv: true,
    env: { KUBE_DEVOPS_TEST_PARENT: "1" },
    stdin: "piped", // never written to: its end tells the child that we are gone
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = await Deno.open(logFile, { create: true, append: true });
  const logged = child.stderr.pipeTo(log.writable);
  let exited = false;
  const exit = child.status.then(async () => {
    exited = true;
    await logged;
    await child.stdin.close();
  });

  async function end(signal: Deno.Signal): Promise<void> {
    if (!exited) sendSignal(child, signal);
    const timer = setTimeout(() => sendSignal(child, "SIGKILL"), GRACE_MS);
    await exit;
    clearTimeout(timer);
  }

  return {
    pid: child.pid,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    async waitUntil(isReady, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      while (!await isReady()) {
        if (!exited && Date.now() < deadline) {
          await delay(25);
          continue;
        }
        const why = exited ? "it ended" : `not ready after ${timeoutMs / 1000} s`;
        const lines = (await Deno.readTextFile(logFile)).trimEnd().split("\n");
        throw new Error(`Cannot start ${name}: ${why}. Its last messages:\n${lines.slice(-15).join("\n")}`);
      }
    },
  };
}

/**
 * Picks free loopback ports. They lie below the range from which systems take the ports of outgoing connections,
 * so that nobody takes one while its server is stopped, and no client connects to itself.
 */
export function pickPorts(count: number): number[] {
  const ports = new Set<number>();
  for (let attempt = 0; attempt < 1_000 && ports.size < count; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (isFree(port)) ports.add(port);
  }
  if (ports.size < count) throw new Error(`Cannot find ${count} free ports between 20000 and 29999`);
  return [...ports];
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** Sends a signal to a child that may have ended by itself in the meantime. */
function sendSignal(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
