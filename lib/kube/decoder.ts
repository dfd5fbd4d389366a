/** The port behind which a collection's bytes become objects: JSON here, protobuf beside it one day. */

import type { ListPage, WatchEvent } from "../api/ports.ts";

/** Reads the answers of one collection. */
export interface Decoder<T> {
  /** The media types to ask for. */
  readonly accept: { readonly list: string; readonly watch: string };
  decodeList(body: ReadableStream<Uint8Array>): Promise<ListPage<T>>;
  /** Each batch holds the events that arrived together; an unfinished last frame is dropped. */
  decodeWatch(body: ReadableStream<Uint8Array>): AsyncIterable<readonly WatchEvent<T>[]>;
}
