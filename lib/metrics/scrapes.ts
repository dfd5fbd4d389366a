/** Answers scrapes: one rendering for all who ask, made without holding up the event loop, and few of them in memory. */

import type { Clock } from "../api/clock.ts";
import { Stretch } from "../api/stretch.ts";

/** What is rendered, in pieces that take about a millisecond each. */
export interface MetricsSource {
  pieces(): AsyncIterable<string>;
}

/** The body of an answer, as often as it is asked for. */
export interface ScrapeBody {
  /** In bytes. */
  readonly length: number;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** A rendering is given to whoever asks within this; milliseconds. */
const REUSE_MS = 1_000;
/** How many renderings are in memory at most. When there is one more, whoever still reads the oldest is cut off. */
const MAX_RENDERINGS = 4;

/** The scrapes of one source. */
export class Scrapes {
  readonly #source: MetricsSource;
  readonly #clock: Clock;
  readonly #stretch: Stretch;
  /** The newest, under way or done; it stays until the next, so that it need not be thrown away by a timer. */
  #newest: { readonly body: Promise<ScrapeBody>; doneAt: number } | undefined;
  /** Oldest first: what somebody reads, and the newest. Never longer than {@linkcode MAX_RENDERINGS}. */
  #kept: Rendering[] = [];

  constructor(source: MetricsSource, clock: Clock, stretch: Stretch = new Stretch(clock)) {
    this.#source = source;
    this.#clock = clock;
    this.#stretch = stretch;
  }

  /** The metrics as of now, or of up to a second ago. */
  body(): Promise<ScrapeBody> {
    const known = this.#newest;
    if (known !== undefined && this.#clock.monotonic() - known.doneAt < REUSE_MS) return known.body;
    const newest = { body: this.#render(), doneAt: Infinity };
    this.#newest = newest;
    newest.body.then(
      () => newest.doneAt = this.#clock.monotonic(),
      () => this.#newest = undefined,
    );
    return newest.body;
  }

  async #render(): Promise<ScrapeBody> {
    const encoder = new TextEncoder();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of this.#source.pieces()) {
      pieces.push(encoder.encode(piece));
      if (this.#stretch.isOver) await this.#stretch.rest();
    }
    const rendering = new Rendering(pieces);
    this.#kept = [...this.#kept.filter(({ isRead }) => isRead), rendering];
    while (this.#kept.length > MAX_RENDERINGS) this.#kept.shift()?.cutOff();
    return rendering;
  }
}

/** Bytes that any number of answers share. */
class Rendering implements ScrapeBody {
  readonly length: number;
  /** Empty once cut off: an answer whose reader stands still is never thrown away, and would hold them for ever. */
  #pieces: readonly Uint8Array<ArrayBuffer>[];
  readonly #readers = new Set<ReadableStreamDefaultController>();

  constructor(pieces: readonly Uint8Array<ArrayBuffer>[]) {
    this.#pieces = pieces;
    this.length = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let next = 0;
    let reader: ReadableStreamDefaultController;
    return new ReadableStream({
      start: (controller) => {
        reader = controller;
        this.#readers.add(reader);
      },
      pull: (controller) => {
        const piece = this.#pieces[next++];
        if (piece !== undefined) return controller.enqueue(piece);
        this.#readers.delete(reader);
        controller.close();
      },
      cancel: () => void this.#readers.delete(reader),
    }, { highWaterMark: 0 });
  }

  /** Ends the answers that are still under way; their readers see a broken connection. */
  cutOff(): void {
    for (const reader of this.#readers) reader.error(new Error("The metrics were read too slowly."));
    this.#readers.clear();
    this.#pieces = [];
  }
}
