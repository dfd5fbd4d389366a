/** The paged full read: what a watcher falls back on where initial events cannot be had. */

import { ConnectionError, isGone } from "../api/errors.ts";
import { isNewer } from "../api/object.ts";
import type { ListPage, ListWatch } from "../api/ports.ts";
import type { Stretch } from "../api/stretch.ts";
import type { WatcherSink } from "./watcher_event.ts";

/** Objects on a page: few enough to stay small in memory, enough to be quick. */
export const PAGE_SIZE = 500;
/** How much larger pages get when the server forgets a list sooner than it can be read. */
const GROWTH = 4;
/** More objects than the largest cluster has: a page that holds all of them cannot be forgotten on the way. */
const MAX_PAGE_SIZE = PAGE_SIZE * GROWTH ** 5;
/** More pages than the largest cluster has; a server that goes on for ever is broken. */
const MAX_PAGES = 10_000;

/** The server answered with a state older than one it has already shown. */
export class StaleListError extends Error {
  override readonly name = "StaleListError";

  constructor(version: string, newest: string) {
    super(`The API server answered with version ${version}, older than ${newest} seen before.`);
  }
}

/** Where pages go, and what they have to keep to. */
export interface ListPagesOptions<T> {
  /** The newest version that was ever seen. */
  readonly newest: string;
  readonly rewound: boolean;
  readonly sink: WatcherSink<T>;
  readonly stretch: Stretch;
}

/**
 * Reads all pages into `sink` and returns the version from which to watch.
 *
 * A page token that expires under way (410) starts the read again, in larger pages.
 *
 * @throws {StaleListError} before anything is given to `sink`, when the list is older than `newest`
 */
export async function listPages<T>(
  source: ListWatch<T>,
  { newest, rewound, sink, stretch }: ListPagesOptions<T>,
  signal: AbortSignal,
): Promise<string> {
  let limit = PAGE_SIZE;
  let continueToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    let page: ListPage<T>;
    try {
      page = await source.list({ limit, continueToken }, signal);
    } catch (error) {
      if (limit === MAX_PAGE_SIZE || continueToken === undefined || !isGone(error)) throw error;
      limit *= GROWTH;
      continueToken = undefined;
      continue;
    }
    if (isNewer(newest, page.resourceVersion)) throw new StaleListError(page.resourceVersion, newest);
    if (continueToken === undefined) await sink({ type: "init", rewound, newest });
    for (const object of page.items) {
      const taken = sink({ type: "initApply", object });
      if (taken !== undefined) await taken;
      if (stretch.isOver) await stretch.rest();
    }
    continueToken = page.continueToken;
    if (continueToken === undefined) return page.resourceVersion;
  }
  throw new ConnectionError("other", `The list did not end within ${MAX_PAGES} pages.`);
}
