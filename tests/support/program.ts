/** Runs the program as a process of its own, as a person would start it. */

import type { Launch } from "../../tools/compile/bundle.ts";
import { fromSource } from "./launch.ts";

/** A process that is still there after this hangs, and is killed; milliseconds. */
const DEADLINE_MS = 30_000;

/** No cluster but the one that a test names, and no request of the runtime's own: it looks for a newer one at times. */
const ALONE = {
  KUBECONFIG: "/nonexistent/kubeconfig",
  KUBERNETES_SERVICE_HOST: "",
  NO_COLOR: "1",
  DENO_NO_UPDATE_CHECK: "1",
};

/** How a process ended, and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A process at work; disposing of it kills it, if it is still there. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #startedAt = performance.now();
  readonly #said = { stdout: "", stderr: "" };
  readonly #read: Promise<unknown>;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #ended = false;
  #heard = () => {};

  constructor(
    args: readonly string[],
    [command, ...first]: Launch = fromSource(),
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#child = new Deno.Command(command, {
      args: [...first, ...args],
      env: { ...ALONE, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#deadline = setTimeout(() => this.#child.kill("SIGKILL"), DEADLINE_MS);
    this.#read = Promise.all([this.#listen("stdout"), this.#listen("stderr")]);
  }

  get stdout(): string {
    return this.#said.stdout;
  }

  get stderr(): string {
    return this.#said.stderr;
  }

  get alive(): boolean {
    return !this.#ended;
  }

  signal(name: Deno.Signal): void {
    this.#child.kill(name);
  }

  /** Resolves once stderr, or stdout if that is asked for, holds `text`. */
  async says(text: string, where: "stdout" | "stderr" = "stderr"): Promise<void> {
    while (!this.#said[where].includes(text)) {
      if (this.#ended) throw new Error(`The program ended and did not say "${text}", but:\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#heard = resolve);
    }
  }

  /** Resolves when the process has ended and all that it printed is read. */
  async end(): Promise<Ended> {
    const { code } = await this.#child.status;
    await this.#read;
    clearTimeout(this.#deadline);
    return { code, ...this.#said, ms: performance.now() - this.#startedAt };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#child.kill("SIGKILL");
    await this.end();
  }

  async #listen(name: "stdout" | "stderr"): Promise<void> {
    for await (const chunk of this.#child[name].pipeThrough(new TextDecoderStream())) {
      this.#said[name] += chunk;
      this.#heard();
    }
    if (name === "stdout") return;
    this.#ended = true;
    this.#heard();
  }
}

/** Runs the program to its end. */
export async function run(...program: ConstructorParameters<typeof Program>): Promise<Ended> {
  await using running = new Program(...program);
  return await running.end();
}
