/** Whether anybody answers: while nobody does, there is no use in writing, and no write is tried. */

import { linkedAbort } from "../api/abort.ts";
import { type Clock, sleep } from "../api/clock.ts";
import type { DevOpsPolicy } from "../api/devops_policy.ts";
import { ConnectionError, CredentialsError } from "../api/errors.ts";
import type { Line } from "../api/line.ts";
import type { PolicyClient } from "../api/ports.ts";
import { backoffMs, jittered, OUTAGE_BACKOFF } from "../runtime/backoff.ts";
import type { Store } from "../runtime/store.ts";
import type { WatcherObserver } from "../runtime/watcher_event.ts";

/** What it needs. */
export interface ReachabilityOptions {
  /** What calls meet is told to it, and what watchers meet as well. */
  readonly line: Line;
  readonly clock: Clock;
  /** A number from 0 up to 1, for jitter. */
  readonly random?: () => number;
}

/** Follows all watchers, and asks on its own when nobody answers. */
export class Reachability {
  readonly #options: ReachabilityOptions;
  /** The watchers that have met no answer since anybody has. */
  readonly #cutOff = new Set<WatcherObserver>();
  #watchers = 0;
  /** Up to which answer that is known. */
  #answers = 0;

  constructor(options: ReachabilityOptions) {
    this.#options = options;
  }

  /** The same observer, of whose watcher this takes note as well. */
  following(observer: WatcherObserver): WatcherObserver {
    const { line } = this.#options;
    this.#watchers++;
    return {
      live: () => {
        line.open();
        observer.live();
      },
      heard: () => {
        line.open();
        observer.heard();
      },
      ended: (end, error, resumes) => {
        if (end === "failed" && isUnanswered(error)) this.#misses(observer);
        // Silence says neither that somebody is there nor that nobody is.
        else if (end !== "idle" && end !== "overdue") line.open();
        observer.ended(end, error, resumes);
      },
      forgetful: () => observer.forgetful?.(),
    };
  }

  /**
   * Resolves at once unless every watcher has met no answer, or a call has, since the last one came to anybody; else with
   * the next answer, or when `signal` aborts.
   */
  answered(signal: AbortSignal): Promise<void> {
    return this.#options.line.opened(signal);
  }

  /**
   * While nobody answers, asks for one of `policies`: one call at a time, at once and then ever more slowly, until `signal`
   * aborts. Watches alone would not do: there are networks on which short calls get through, and nothing else.
   */
  async run(
    { policies, client }: { policies: Store<DevOpsPolicy>; client: Pick<PolicyClient, "probe"> },
    signal: AbortSignal,
  ): Promise<void> {
    const { line, clock, random } = this.#options;
    while (!signal.aborted) {
      await line.closed(signal);
      using outage = linkedAbort(signal);
      void line.opened(signal).then(() => outage.abort());
      for (let failures = 0; !outage.signal.aborted; failures++) {
        const pauseMs = failures === 0 ? 0 : backoffMs(failures, OUTAGE_BACKOFF);
        await sleep(clock, jittered(pauseMs, random), outage.signal);
        // Without a policy there is nothing to write, either.
        const [policy] = policies.list();
        if (policy === undefined || outage.signal.aborted) continue;
        await client.probe(policy, outage.signal).then(() => line.open(), () => {});
      }
    }
  }

  #misses(observer: WatcherObserver): void {
    const { line } = this.#options;
    if (line.answers !== this.#answers) this.#cutOff.clear();
    this.#answers = line.answers;
    if (this.#cutOff.add(observer).size === this.#watchers) line.close();
  }
}

/** Whether nobody was reached, or nobody could even be asked. */
function isUnanswered(error: unknown): boolean {
  return error instanceof ConnectionError || error instanceof CredentialsError;
}
