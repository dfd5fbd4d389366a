/** Knows at every moment which policies say the truth, and keeps the times at which statuses were written. */

import { saysTruth } from "../truth.ts";
import type { ReplayedPods } from "./pods.ts";
import type { ReplayedPolicies } from "./policies.ts";

/** What the referee has seen. */
export interface Verdict {
  /** How many policies do not say the truth, and one of them. */
  readonly wrong: number;
  readonly example: string | undefined;
  readonly statusWrites: number;
  /** The shortest time between two writes of one status; undefined when none was written twice. */
  readonly closestWritesMs: number | undefined;
  /** The most writes of one status within a second. */
  readonly mostWritesASecond: number;
}

/** Watches both sides. */
export class Referee {
  readonly #pods: ReplayedPods;
  readonly #policies: ReplayedPolicies;
  readonly #wrong = new Set<string>();
  readonly #waiting = new Set<() => void>();
  /** Times of status writes since the last {@linkcode forgetWrites}, by namespace. */
  readonly #writes = new Map<string, number[]>();

  constructor(pods: ReplayedPods, policies: ReplayedPolicies, namespaces: Iterable<string>) {
    this.#pods = pods;
    this.#policies = policies;
    for (const namespace of namespaces) this.#look(namespace);
    pods.listen(({ pod: { identity: { namespace } } }) => this.#look(namespace));
    policies.listen(({ metadata: { namespace } }, part) => {
      if (part === "status") this.#note(namespace);
      this.#look(namespace);
    });
  }

  get verdict(): Verdict {
    const times = [...this.#writes.values()];
    const gaps = times.flatMap((times) => times.slice(1).map((time, i) => time - times[i]!));
    const [example] = this.#wrong;
    return {
      wrong: this.#wrong.size,
      example: example && this.#describe(example),
      statusWrites: times.reduce((sum, { length }) => sum + length, 0),
      closestWritesMs: gaps.length === 0 ? undefined : gaps.reduce((least, gap) => Math.min(least, gap)),
      mostWritesASecond: times.reduce((most, times) => Math.max(most, mostWithin(times, 1_000)), 0),
    };
  }

  forgetWrites(): void {
    this.#writes.clear();
  }

  /** Resolves when every policy says the truth, or `withinMs` have passed. */
  async truth(withinMs: number): Promise<void> {
    if (this.#wrong.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, withinMs);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  #look(namespace: string): void {
    const policy = this.#policies.get(namespace);
    if (policy === undefined || !saysTruth(policy, this.#pods.totalsOf(namespace))) {
      this.#wrong.add(namespace);
    } else if (this.#wrong.delete(namespace) && this.#wrong.size === 0) {
      for (const resolve of this.#waiting) resolve();
    }
  }

  #note(namespace: string): void {
    const times = this.#writes.get(namespace);
    if (times === undefined) this.#writes.set(namespace, [performance.now()]);
    else times.push(performance.now());
  }

  #describe(namespace: string): string {
    const expected = JSON.stringify(this.#pods.totalsOf(namespace));
    return `${namespace}: expected ${expected}, is ${
      JSON.stringify(this.#policies.get(namespace)?.status ?? null)
    }`;
  }
}

/** The most of the ascending `times` that lie within `span` of each other. */
export function mostWithin(times: readonly number[], span: number): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= span) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
