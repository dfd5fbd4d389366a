/** The port behind which a collection's bytes become objects: one decoder for JSON, one for protobuf. */

import type { ListPage, WatchEvent } from "../api/ports.ts";
import type { Body } from "./body_buffer.ts";

/** Reads the answers of one collection in one form. What is not of that form is a `ConnectionError`. */
export interface Decoder<T> {
  /** What `content-type` begins with in the answers that it reads. */
  readonly mediaType: string;
  /** The media types to ask for. */
  readonly accept: { readonly list: string; readonly watch: string };
  decodeList(body: Body): Promise<ListPage<T>>;
  /** Each batch holds the events that arrived together, up to what cannot be read; an unfinished last frame is dropped. */
  decodeWatch(body: Body): AsyncIterable<readonly WatchEvent<T>[]>;
}
