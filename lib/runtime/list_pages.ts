/** The paged full read: what a watcher falls back on where initial events cannot be had. */

import { ConnectionError, isGone } from "../api/errors.ts";
import { isNewer } from "../api/object.ts";
import type { ListPage, ListWatch } from "../api/ports.ts";
import type { WatcherEvent } from "./watcher_event.ts";

/** Objects on a page: few enough to stay small in memory, enough to be quick. */
export const PAGE_SIZE = 500;
/** More pages than the largest cluster has; a server that goes on for ever is broken. */
const MAX_PAGES = 10_000;

/** The server answered with a state older than one it has already shown. */
export class StaleListError extends Error {
  override readonly name = "StaleListError";

  constructor(version: string, newest: string) {
    super(`The API server answered with version ${version}, older than ${newest} seen before.`);
  }
}

/**
 * Reads all pages into `sink` and returns the version from which to watch.
 *
 * A page token that expires under way (410) starts the read again, and then in one page, which cannot expire.
 *
 * @throws {StaleListError} before anything is given to `sink`, when the list is older than `newest`
 */
export async function listPages<T>(
  source: ListWatch<T>,
  { newest, rewound, sink }: { newest: string; rewound: boolean; sink: (event: WatcherEvent<T>) => void },
  signal: AbortSignal,
): Promise<string> {
  let limit: number | undefined = PAGE_SIZE;
  let continueToken: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    let page: ListPage<T>;
    try {
      page = await source.list({ limit, continueToken }, signal);
    } catch (error) {
      if (limit === undefined || continueToken === undefined || !isGone(error)) throw error;
      limit = continueToken = undefined;
      continue;
    }
    if (isNewer(newest, page.resourceVersion)) throw new StaleListError(page.resourceVersion, newest);
    if (continueToken === undefined) sink({ type: "init", rewound });
    for (const object of page.items) sink({ type: "initApply", object });
    continueToken = page.continueToken;
    if (continueToken === undefined) return page.resourceVersion;
  }
  throw new ConnectionError("other", `The list did not end within ${MAX_PAGES} pages.`);
}
