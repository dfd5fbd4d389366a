/** The body of an answer that is read off its connection, straight into the buffer that its reader brings. */

import type { Framing } from "./http_framing.ts";
import type { WireOptions } from "./wire.ts";

/** How much is read at a time for a reader that brings no buffer of its own; bytes. */
const CHUNK_BYTES = 4 * 1024;

/** What a body is read off. */
export interface BodySource {
  readonly framing: Framing;
  /** What of the connection came with the head. */
  readonly rest: Uint8Array;
  /** How much now lies at the front of `into`; null at the end of the connection. */
  read(into: Uint8Array): Promise<number | null>;
  /** Takes back the connection, which nothing more can come on that belongs to this body. */
  giveBack(): void;
  /** Ends the connection; once it has ended, does nothing. */
  close(): void;
}

/**
 * The body, which errors as soon as `life` aborts. However it ends, `life` is disposed of, and the connection is closed
 * unless it is sure that another answer can follow.
 */
export function bodyFrom(
  { framing, rest, read, giveBack, close }: BodySource,
  { life, toError }: Pick<WireOptions, "life" | "toError">,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { signal } = life;
  let ahead = rest;
  let isOpen = true;
  let abort = () => {};
  const end = (letGo = close) => {
    isOpen = false;
    signal.removeEventListener("abort", abort);
    letGo();
    life[Symbol.dispose]();
  };
  const mayBeFollowed = () => ahead.length === 0 && !framing.isFollowed && !framing.endsWithConnection;

  const next = async (into: Uint8Array): Promise<number | null> => {
    if (ahead.length === 0) return await read(into);
    const first = ahead.subarray(0, into.length);
    into.set(first);
    ahead = ahead.subarray(first.length);
    return first.length;
  };
  /** How much of the body now lies at the front of `into`; 0 at its end. */
  const fill = async (into: Uint8Array): Promise<number> => {
    while (!framing.isOver()) {
      const length = await next(into);
      if (length === null) {
        if (framing.endsWithConnection) return 0;
        throw new TypeError("connection closed within the body");
      }
      const taken = framing.strip(into.subarray(0, length));
      if (taken > 0) return taken;
    }
    return 0;
  };

  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    start(controller) {
      abort = () => {
        end();
        controller.error(signal.reason);
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    },
    async pull(controller) {
      const request = controller.byobRequest!;
      try {
        const length = await fill(request.view! as Uint8Array);
        if (!isOpen) return;
        if (length > 0) return request.respond(length);
      } catch (error) {
        // Reading off a connection that was closed fails; why it was closed has been told.
        if (!isOpen) return;
        end();
        throw toError(error);
      }
      end(mayBeFollowed() ? giveBack : close);
      controller.close();
      // Nobody who brought a buffer hears of the end before it is given back.
      controller.byobRequest?.respond(0);
    },
    cancel: () => end(),
  });
}
