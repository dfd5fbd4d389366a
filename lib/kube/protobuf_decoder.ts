/** Reads lists and watches of pods in protobuf: each pod where it lies, and of it only what becomes facts. */

import { ConnectionError } from "../api/errors.ts";
import type { PodFacts } from "../api/pod_facts.ts";
import type { WatchEvent } from "../api/ports.ts";
import { fromStatus } from "./api_errors.ts";
import { BodyBuffer, MAX_BYTES } from "./body_buffer.ts";
import type { Decoder } from "./decoder.ts";
import { readPod } from "./pod_protobuf.ts";
import { readList } from "./protobuf_list.ts";
import { enterEvent, PROTOBUF, readBookmark, readStatus } from "./protobuf_objects.ts";
import { MalformedError, ProtobufReader } from "./protobuf_reader.ts";
import type { FactsPool } from "./facts_pool.ts";

/** How a protobuf decoder makes its pods. */
export interface ProtobufDecoderOptions {
  readonly pool: FactsPool;
  /** Hears of each pod that could not be read. */
  readonly onUnreadable: () => void;
  /** Hears that what the server calls protobuf is none. */
  readonly onMalformed: () => void;
}

/** Before each event of a watch: its length, the highest byte first. */
const LENGTH_BYTES = 4;

/** A decoder for protobuf answers. */
export function protobufDecoder(
  { pool, onUnreadable, onMalformed }: ProtobufDecoderOptions,
): Decoder<PodFacts> {
  const reader = new ProtobufReader();

  const read = (end: number): PodFacts[] => {
    const pod = readPod(reader, end, pool);
    if (pod !== undefined) return [pod];
    onUnreadable();
    return [];
  };

  /** What the event from `reader` to `end` says. */
  const toEvents = (end: number): WatchEvent<PodFacts>[] => {
    const event = enterEvent(reader, end);
    switch (event.type) {
      case "ADDED":
      case "MODIFIED":
        return read(event.end).map((object) => ({ type: "apply", object }));
      case "DELETED":
        return read(event.end).map((object) => ({ type: "delete", object }));
      case "BOOKMARK":
        return [{ type: "bookmark", ...readBookmark(reader, event.end) }];
      case "ERROR":
        return [{ type: "error", error: fromStatus(readStatus(reader, event.end), 500) }];
      default:
        throw new MalformedError("an event of an unknown type");
    }
  };

  const unreadable = (error: unknown): unknown => {
    if (!(error instanceof MalformedError)) return error;
    onMalformed();
    const message =
      `The API server sent something that is not the protobuf of a list or a watch: ${error.message}.`;
    return new ConnectionError("other", message, { cause: error });
  };

  return {
    mediaType: PROTOBUF,
    accept: { list: PROTOBUF, watch: `${PROTOBUF};stream=watch` },

    async decodeList(body) {
      await using buffer = new BodyBuffer(body);
      const items: PodFacts[] = [];
      try {
        const { resourceVersion, continueToken } = await readList(
          buffer,
          reader,
          (end) => items.push(...read(end)),
        );
        return { items, resourceVersion, continueToken: continueToken || undefined };
      } catch (error) {
        throw unreadable(error);
      }
    },

    async *decodeWatch(body) {
      await using buffer = new BodyBuffer(body);
      for (let needed = LENGTH_BYTES; await buffer.fill(needed);) {
        const events: WatchEvent<PodFacts>[] = [];
        let problem: unknown;
        reader.bytes = buffer.bytes;
        try {
          for (needed = frameLength(buffer); buffer.length >= needed; needed = frameLength(buffer)) {
            reader.at = buffer.start + LENGTH_BYTES;
            events.push(...toEvents(buffer.start + needed));
            buffer.take(needed);
          }
          if (needed > MAX_BYTES) throw new MalformedError("an event of more than 16 MiB");
        } catch (error) {
          problem = unreadable(error);
        }
        if (events.length > 0) yield events;
        if (problem !== undefined) throw problem;
      }
    },
  };
}

/** How long the next frame is, its own length included; that of the length, while it is not there. */
function frameLength({ bytes, start, length }: BodyBuffer): number {
  if (length < LENGTH_BYTES) return LENGTH_BYTES;
  const high = bytes[start]! * 2 ** 24;
  return LENGTH_BYTES + high + (bytes[start + 1]! << 16 | bytes[start + 2]! << 8 | bytes[start + 3]!);
}
