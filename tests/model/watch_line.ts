/** One watch on its way from a server to a client, which a test can silence, repeat and cut. */

/** What a watch's way is made of. */
export interface WatchLineOptions {
  /** The plural of what is watched. */
  readonly resource: string;
  readonly body: ReadableStream<Uint8Array>;
  /** Whether it begins with all that there is. */
  readonly isInitial: boolean;
  readonly isMuted: () => boolean;
  /** Hears of each chunk that the client got. */
  readonly onSaid: (chunk: Uint8Array) => void;
  readonly onEnd: () => void;
}

/** The name of the annotation that closes the initial part, in either form of a watch. */
const INITIAL_END = "initial-events-end";

/** One watch. */
export class WatchLine {
  readonly resource: string;
  /** What the client reads. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: WatchLineOptions;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #controller!: ReadableByteStreamController;
  /** What the server has said and the client not got. */
  readonly #waiting: Uint8Array[] = [];
  #isInitial: boolean;
  #isTearing = false;
  #isFrozen = false;
  #isOver = false;

  constructor(options: WatchLineOptions) {
    this.#options = options;
    this.resource = options.resource;
    this.#isInitial = options.isInitial;
    this.#reader = options.body.getReader();
    this.body = new ReadableStream({
      type: "bytes",
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#end(),
    });
    void this.#listen();
  }

  /** Passes on what waits, up to so many chunks. */
  flush(atMost = Infinity): void {
    for (let i = 0; i < atMost && !this.#isOver && !this.#isFrozen; i++) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) return;
      this.#pass(chunk);
    }
  }

  /** Says `chunk` again, once what there was at first has been told. */
  repeat(chunk: Uint8Array): void {
    if (!this.#isOver && !this.#isInitial && !this.#isFrozen) this.#controller.enqueue(chunk.slice());
  }

  cut(how: "ended" | "torn" | "broken" | "frozen"): void {
    if (this.#isOver) return;
    if (how === "torn") this.#isTearing = true;
    else if (how === "frozen") this.#isFrozen = true;
    else {
      if (how === "broken") this.#controller.error(new TypeError("connection reset on purpose"));
      else this.#close();
      this.#end();
    }
  }

  async #listen(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (this.#isOver) return;
      if (done) break;
      this.#waiting.push(value);
      if (!this.#options.isMuted()) this.flush();
    }
    // What was said before the end comes before it, however late.
    if (!this.#isFrozen) this.flush();
    if (this.#isOver || this.#isFrozen) return;
    this.#close();
    this.#end();
  }

  #pass(chunk: Uint8Array): void {
    if (this.#isTearing) {
      this.#controller.enqueue(chunk.slice(0, Math.ceil(chunk.length / 2)));
      this.#close();
      return this.#end();
    }
    if (new TextDecoder().decode(chunk).includes(INITIAL_END)) this.#isInitial = false;
    this.#options.onSaid(chunk.slice());
    this.#controller.enqueue(chunk);
  }

  #close(): void {
    this.#controller.close();
    // Nobody who brought a buffer hears of the end before it is given back.
    this.#controller.byobRequest?.respond(0);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd();
    this.#reader.cancel().catch(() => {});
  }
}
