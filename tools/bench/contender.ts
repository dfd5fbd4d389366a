/** Runs an operator as a process of its own, as a pod would run it, and reads what it takes. */

import { join } from "node:path";
import { type Memory, memoryOf, processorSecondsOf } from "./process_figures.ts";

/** An operator to measure. */
export interface Contender {
  /** Its column in the tables, and the name of its service account. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
}

/** The API server as the operator is to know it. */
export interface Access {
  /** For example `https://127.0.0.1:20443`. */
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
}

/** A running operator. Disposing of it ends it. */
export interface RunningContender extends AsyncDisposable {
  /** When it was started, as `performance.now()` counts. */
  readonly startedAt: number;
  memory(): Promise<Memory>;
  /** Processor time so far, in seconds. */
  processorSeconds(): Promise<number>;
  /** Where it serves its health and metrics. @throws when it does not say so in its log */
  address(): Promise<{ readonly hostname: string; readonly port: number }>;
  /** Gives the answer of `work`; throws if the operator ends before it is there. */
  during<T>(work: Promise<T>): Promise<T>;
}

/** An operator that does not end when it is asked to is killed after this; milliseconds. */
const GRACE_MS = 10_000;

/**
 * Shows the operator the files of a service account at the one place where operators look for them, which exists in a
 * mount namespace of its own; so none of them is slowed down by reading a kubeconfig, which no operator in a cluster does.
 */
const AS_IN_POD = `mount -t tmpfs tmpfs /var/run && mkdir -p /var/run/secrets/kubernetes.io &&
ln -s "$1" /var/run/secrets/kubernetes.io/serviceaccount && shift && exec "$@"`;

/** What of the environment an operator gets: where its program and its caches are. */
const ENVIRONMENT = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"];

/** Whether this machine lets processes have mounts of their own. @throws with the next step, if it does not */
export async function requireOwnMounts(): Promise<void> {
  try {
    const { success, stderr } = await unshare(["true"]).output();
    if (success) return;
    throw new Error(new TextDecoder().decode(stderr).trim());
  } catch (error) {
    throw new Error(
      `Cannot run operators as in a pod: ${(error as Error).message}. ` +
        "It takes Linux and util-linux's unshare, with user namespaces or as root.",
      { cause: error },
    );
  }
}

/** Starts an operator, which ends when `signal` aborts; its messages go to a file in the folder `dir`. */
export async function startContender(
  { name, command }: Contender,
  { url, caPem, token }: Access,
  { dir, signal }: { readonly dir: string; readonly signal: AbortSignal },
): Promise<RunningContender> {
  const account = join(dir, name);
  await Deno.mkdir(account, { recursive: true });
  await Deno.writeTextFile(join(account, "token"), token);
  await Deno.writeTextFile(join(account, "ca.crt"), caPem);
  await Deno.writeTextFile(join(account, "namespace"), "default");
  const logFile = join(dir, `${name}.log`);
  const log = await Deno.open(logFile, { create: true, truncate: true, write: true });

  const { hostname, port } = new URL(url);
  const startedAt = performance.now();
  const child = unshare(["sh", "-c", AS_IN_POD, "sh", account, ...command], {
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
  }).spawn();
  const logged = copy(child.stderr, log);
  let ended = false;
  const end = child.status.then(async ({ code }) => {
    ended = true;
    await logged;
    return code;
  });
  const failure = end.then(async (code) => {
    const lines = (await Deno.readTextFile(logFile)).trimEnd().split("\n").slice(-5);
    throw new Error(`${name} ended with ${code}. Its last messages:\n${lines.join("\n")}`);
  });
  failure.catch(() => {}); // told to who asks for it in `during`

  const stop = () => {
    if (!ended) child.kill("SIGTERM");
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();

  return {
    startedAt,
    memory: () => memoryOf(child.pid),
    processorSeconds: () => processorSecondsOf(child.pid),
    async address() {
      const [, hostname, port] = /"address":"([^":]+):(\d+)"/.exec(await Deno.readTextFile(logFile)) ?? [];
      if (hostname === undefined) throw new Error(`${name} does not say where it serves its health.`);
      return { hostname, port: Number(port) };
    },
    during: (work) => Promise.race([work, failure]),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", stop);
      stop();
      const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await end;
      clearTimeout(timer);
    },
  };
}

/** Writes what comes as soon as it comes: piping one resource into another would keep it until there is much. */
async function copy(from: ReadableStream<Uint8Array>, to: Deno.FsFile): Promise<void> {
  using file = to;
  for await (const bytes of from) {
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  }
}

/** A command with mounts of its own; it becomes that command, with the same process id. */
function unshare(command: readonly string[], env: Record<string, string> = {}): Deno.Command {
  const inherited = ENVIRONMENT.map((name) => [name, Deno.env.get(name)]).filter(([, value]) =>
    value !== undefined
  );
  return new Deno.Command("unshare", {
    args: ["--user", "--map-root-user", "--mount", "--", ...command],
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
}
