/** What a watcher tells: of its collection to the store, and of itself to whoever cares for its health. */

/** What a collection goes through, as its store needs to know it. */
export type WatcherEvent<T> =
  /**
   * A full read begins; it may begin again before it is done. When it is `rewound`, the server has gone back to an older
   * state for good (it was restored from a backup), and no version known before means anything. Everything up to `newest`
   * has been seen; empty when nothing has, or none of it counts any more.
   */
  | { readonly type: "init"; readonly rewound: boolean; readonly newest: string }
  | { readonly type: "initApply"; readonly object: T }
  /** The full read is complete: whatever it did not name is gone. */
  | { readonly type: "initDone" }
  | { readonly type: "apply"; readonly object: T }
  | { readonly type: "delete"; readonly object: T };

/** Hears of a collection. Where it needs longer, it answers a promise, and hears of nothing more until that resolves. */
export type WatcherSink<T> = (event: WatcherEvent<T>) => void | Promise<void>;

/** Why a watch ended; all but `failed` are part of ordinary life. */
export type WatchEnd = "closed" | "idle" | "overdue" | "gone" | "no-watch-list" | "failed";

/** Hears how the watcher fares. */
export interface WatcherObserver {
  /** The collection is complete and followed. */
  live(): void;
  /** All that the server has told of the collection is known as of now: it was read in full, or a watch brought something. */
  heard(): void;
  /** @param resumes whether the next watch goes on where this one ended; otherwise everything is read again */
  ended(end: WatchEnd, error: unknown, resumes: boolean): void;
  /** The server has forgotten its history several times in a row, so that all was read again each time. */
  forgetful?(): void;
}
