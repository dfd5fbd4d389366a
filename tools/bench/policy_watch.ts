/** Sees through a watch of its own when the policies come to say the truth. */

import type { ControlPlane } from "../../tests/cluster/control_plane.ts";
import { TextLineStream } from "../../tests/cluster/text_lines.ts";
import type { Totals } from "./plan.ts";
import { type ReadPolicy, saysTruth } from "./truth.ts";

const PATH = "/apis/devops.stochastic.io/v1/devopspolicies?watch=1&sendInitialEvents=true" +
  "&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=7200";

/** Somebody who waits until policies say the truth. */
interface Wait {
  /** What they have to say, by namespace. */
  readonly totals: ReadonlyMap<string, Totals>;
  /** The namespaces whose policies do not say it yet. */
  readonly missing: Set<string>;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/** What all policies say at any moment. Disposing of it ends the watch. */
export class PolicyWatch implements AsyncDisposable {
  readonly #policies = new Map<string, ReadPolicy>();
  readonly #waits = new Set<Wait>();
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reading = this.#read(body);
  }

  /** Opens the watch. @throws when the server refuses it */
  static async open(api: Pick<ControlPlane, "request">): Promise<PolicyWatch> {
    const response = await api.request("GET", PATH);
    if (response.ok && response.body !== null) return new PolicyWatch(response.body);
    throw new Error(`Cannot watch the policies: ${response.status} ${await response.text()}`);
  }

  /** The policies as they are now. */
  get policies(): readonly ReadPolicy[] {
    return [...this.#policies.values()];
  }

  /**
   * Resolves when the policy of each namespace in `totals` says what they make it, with the time at which the last one
   * was seen to (as `performance.now()` counts).
   *
   * @throws when that takes more than `withinMs`, naming a policy and what it says instead
   */
  async tellTruth(totals: ReadonlyMap<string, Totals>, withinMs: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const wait: Wait = { totals, missing: new Set(totals.keys()), resolve, reject };
    const timer = setTimeout(() => reject(this.#late(wait, withinMs)), withinMs);
    this.#waits.add(wait);
    for (const namespace of totals.keys()) this.#look(wait, namespace, performance.now());
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waits.delete(wait);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let error: unknown = new Error("The watch of the policies ended.");
    try {
      const lines = body.pipeThrough(new TextDecoderStream(), { signal: this.#abort.signal })
        .pipeThrough(new TextLineStream());
      for await (const line of lines) {
        const { type, object } = JSON.parse(line) as { type: string; object: ReadPolicy };
        if (type === "BOOKMARK") continue;
        if (type === "ERROR") throw new Error(`The watch of the policies was refused: ${line}`);
        this.#take(type, object, performance.now());
      }
    } catch (thrown) {
      error = thrown;
    }
    for (const { reject } of this.#waits) reject(error);
  }

  #take(type: string, policy: ReadPolicy, now: number): void {
    const { namespace } = policy.metadata;
    if (type === "DELETED") this.#policies.delete(namespace);
    else this.#policies.set(namespace, policy);
    for (const wait of this.#waits) this.#look(wait, namespace, now);
  }

  #look({ totals, missing, resolve }: Wait, namespace: string, now: number): void {
    const expected = totals.get(namespace);
    if (expected === undefined) return;
    const policy = this.#policies.get(namespace);
    if (policy === undefined || !saysTruth(policy, expected)) missing.add(namespace);
    else if (missing.delete(namespace) && missing.size === 0) resolve(now);
  }

  #late({ totals, missing }: Wait, withinMs: number): Error {
    const [namespace = ""] = missing;
    const said = JSON.stringify(this.#policies.get(namespace)?.status ?? null);
    return new Error(
      `After ${
        withinMs / 1000
      } s, ${missing.size} of ${totals.size} policies do not say the truth: the one of ` +
        `${namespace} should tell of ${JSON.stringify(totals.get(namespace))}, but its status is ${
          said.slice(0, 500)
        }`,
    );
  }
}
