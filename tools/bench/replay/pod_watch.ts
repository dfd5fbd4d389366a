/** Serves a watch of the replayed pods: all that there are, a bookmark, and then whatever happens. */

import { BOOKMARK_MS, Feed } from "./feed.ts";
import { OpenWatches } from "./open_watches.ts";
import type { ReplayedPods } from "./pods.ts";
import type { Stamps } from "./stamps.ts";
import type { Versions } from "./versions.ts";
import { concat } from "./wire.ts";

/** How many bytes of the first part go out at once, about. */
const PIECE_BYTES = 256 * 1024;

/** What a watch needs. */
export interface PodWatchOptions {
  readonly stamps: Stamps;
  readonly versions: Versions;
  /** Whether it begins with all that exists, or with the next change. */
  readonly initial: boolean;
  readonly open?: OpenWatches;
}

/** The bytes of a watch. */
export async function* podWatch(
  pods: ReplayedPods,
  { stamps, versions, initial, open = new OpenWatches() }: PodWatchOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { signal } = open;
  const feed = new Feed<Uint8Array>();
  const stop = pods.listen(({ type, pod: { recorded, variant, identity } }) =>
    feed.push(stamps.of(recorded, variant, type).frame(identity))
  );
  try {
    if (initial) {
      yield* initialPieces(pods, stamps);
      yield stamps.bookmark(versions.current);
      open.haveBeenRead();
    }
    for await (const frames of feed.batches(BOOKMARK_MS, signal)) {
      yield frames.length === 0 ? stamps.bookmark(versions.current) : concat(frames);
    }
  } finally {
    stop();
  }
}

/** The pods that there are, in pieces of about {@linkcode PIECE_BYTES}. */
function* initialPieces(pods: ReplayedPods, stamps: Stamps): Generator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(PIECE_BYTES);
  let length = 0;
  for (const index of pods.listed()) {
    const { recorded, variant, identity } = pods.at(index);
    const template = stamps.of(recorded, variant, "ADDED");
    if (length > 0 && length + template.length > piece.length) {
      yield piece.subarray(0, length);
      piece = new Uint8Array(Math.max(PIECE_BYTES, template.length));
      length = 0;
    }
    template.stamp(piece, length, identity);
    length += template.length;
  }
  if (length > 0) yield piece.subarray(0, length);
}
