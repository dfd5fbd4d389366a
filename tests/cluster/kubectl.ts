// Runs kubectl against a test cluster, apart from the settings and caches of whoever runs the tests.

import { join } from "node:path";

/** What a run of kubectl can be given. */
export interface KubectlOptions {
  /** What it reads from standard input, for `-f -`. */
  readonly stdin?: string;
  /** Environment variables beside those of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a run of kubectl ended. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;

/** Runs `kubectl` with `kubeconfig`, with `dir` for its home folder; after a minute it is killed. */
export async function runKubectl(
  kubectl: string,
  dir: string,
  kubeconfig: string,
  args: readonly string[],
  { stdin, env = {} }: KubectlOptions = {},
): Promise<KubectlResult> {
  const abort = new AbortController();
  const child = new Deno.Command(kubectl, {
    args: [...args],
    env: { HOME: dir, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dir, "kube-cache"), ...env },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    signal: abort.signal,
  }).spawn();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const output = child.output();
    if (stdin !== undefined) await feed(child.stdin, stdin);
    const { code, stdout, stderr } = await output;
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/** Writes `text` and closes; a kubectl that ends without reading all of it says why by itself. */
async function feed(stream: WritableStream<Uint8Array>, text: string): Promise<void> {
  try {
    await new Blob([text]).stream().pipeTo(stream);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
