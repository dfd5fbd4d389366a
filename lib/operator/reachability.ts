/** Whether anybody answers: while no watch gets through, there is no use in writing, and no write is tried. */

import { unlessAborted } from "../api/abort.ts";
import { ConnectionError } from "../api/errors.ts";
import type { WatcherObserver } from "../runtime/watcher_event.ts";

/** Follows all watchers. */
export class Reachability {
  /** The watchers whose last try met no answer. */
  readonly #cutOff = new Set<WatcherObserver>();
  #watchers = 0;
  #answered = Promise.withResolvers<void>();

  constructor() {
    this.#answered.resolve();
  }

  /** The same observer, of whose watcher this takes note as well. */
  following(observer: WatcherObserver): WatcherObserver {
    this.#watchers++;
    return {
      live: () => {
        this.#hears(observer);
        observer.live();
      },
      heard: () => {
        this.#hears(observer);
        observer.heard();
      },
      ended: (end, error, resumes) => {
        if (end === "failed" && error instanceof ConnectionError) this.#misses(observer);
        // Silence says neither that somebody is there nor that nobody is.
        else if (end !== "idle" && end !== "overdue") this.#hears(observer);
        observer.ended(end, error, resumes);
      },
      forgetful: () => observer.forgetful?.(),
    };
  }

  /** Resolves at once as long as any watcher is not known to be cut off, else with the first answer; or when `signal` aborts. */
  async answered(signal: AbortSignal): Promise<void> {
    await unlessAborted(this.#answered.promise, signal).catch(() => {});
  }

  #misses(observer: WatcherObserver): void {
    const wasCutOff = this.#isCutOff;
    this.#cutOff.add(observer);
    if (!wasCutOff && this.#isCutOff) this.#answered = Promise.withResolvers();
  }

  #hears(observer: WatcherObserver): void {
    this.#cutOff.delete(observer);
    this.#answered.resolve();
  }

  get #isCutOff(): boolean {
    return this.#watchers > 0 && this.#cutOff.size === this.#watchers;
  }
}
