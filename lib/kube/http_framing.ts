/** How the body of an HTTP/1.1 answer lies in its connection (RFC 9112, section 6), and how to take it out. */

/** What a server sent is no HTTP/1.1, or none that was asked for. */
export class FramingError extends Error {
  override readonly name = "FramingError";

  constructor(what: string) {
    super(`its answer is not what was asked for: ${what}`);
  }
}

/** The framing of one body. */
export interface Framing {
  /** Whether nothing of the body is still to come. @throws {FramingError} when what follows is not to be understood */
  isOver(): boolean;
  /** Whether a connection that ends is how the body ends; else it broke. */
  readonly endsWithConnection: boolean;
  /** Whether something came behind its end. */
  readonly isFollowed: boolean;
  /**
   * Moves what is of the body among the next `bytes` of the connection to their front, and says how much that is. To be
   * asked only while it is not over.
   */
  strip(bytes: Uint8Array): number;
}

/** The statuses of answers that end with their head. */
const BODILESS = [204, 205, 304];

/**
 * The framing that the head of an answer tells of; undefined for an answer without a body.
 *
 * @param method what was asked with
 * @throws {FramingError}
 */
export function framingOf(
  method: string,
  { status, headers }: { readonly status: number; readonly headers: Headers },
): Framing | undefined {
  if (method === "HEAD" || BODILESS.includes(status)) return undefined;
  // Asked for is none.
  if (!["identity", undefined].includes(headers.get("content-encoding")?.toLowerCase())) {
    throw new FramingError("a compressed answer");
  }
  const encoding = headers.get("transfer-encoding");
  // Counts before a length.
  if (encoding !== null) {
    if (encoding.toLowerCase() === "chunked") return new Chunks();
    throw new FramingError("a transfer encoding other than chunked");
  }
  const length = headers.get("content-length");
  if (length === null) return new UntilTheEnd();
  if (!/^\d{1,15}$/.test(length)) throw new FramingError("a content-length that is none");
  // Nobody would read it, and so let go of the connection.
  return Number(length) === 0 ? undefined : new Length(Number(length));
}

/** A body that is as long as the headers say. */
class Length implements Framing {
  readonly endsWithConnection = false;
  isFollowed = false;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  isOver(): boolean {
    return this.#left === 0;
  }

  strip({ length }: Uint8Array): number {
    this.isFollowed = length > this.#left;
    const taken = Math.min(length, this.#left);
    this.#left -= taken;
    return taken;
  }
}

/** A body that goes on for as long as its connection. */
class UntilTheEnd implements Framing {
  readonly endsWithConnection = true;
  readonly isFollowed = false;

  isOver(): boolean {
    return false;
  }

  strip({ length }: Uint8Array): number {
    return length;
  }
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const HEXADECIMAL = "0123456789abcdef";
/** Sizes of more digits do not occur, and would be no exact numbers soon. */
const MAX_SIZE_DIGITS = 8;

/** A body in chunks, each behind its size; extensions and trailers are skipped. */
class Chunks implements Framing {
  readonly endsWithConnection = false;
  isFollowed = false;
  /** Where the next byte belongs. */
  #state: "size" | "padding" | "extension" | "data" | "data end" | "trailer" | "over" = "size";
  /** Digits read of the size; in a trailer, characters read of its line. */
  #count = 0;
  /** The size of the chunk, or how much of it is still to come. */
  #left = 0;
  /** Whether the byte before was a carriage return, which is only half of a line's end. */
  #isHalfway = false;
  /** Why it cannot go on; what came before counts. */
  #problem: FramingError | undefined;

  isOver(): boolean {
    if (this.#problem !== undefined) throw this.#problem;
    return this.#state === "over";
  }

  strip(bytes: Uint8Array): number {
    let length = 0;
    let at = 0;
    while (at < bytes.length && this.#state !== "over" && this.#problem === undefined) {
      if (this.#state !== "data") {
        this.#step(bytes[at++]!);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      bytes.copyWithin(length, at, end);
      length += end - at;
      this.#left -= end - at;
      at = end;
      if (this.#left === 0) this.#state = "data end";
    }
    this.isFollowed = at < bytes.length;
    return length;
  }

  /** Takes a byte that is not of the body. */
  #step(byte: number): void {
    if (this.#isHalfway && byte !== LF) return this.#break("a line that ends halfway");
    this.#isHalfway = byte === CR;
    if (this.#isHalfway) return;
    switch (this.#state) {
      case "size":
      case "padding":
        if (byte === LF) this.#begin();
        else if (byte === SEMICOLON) this.#state = "extension";
        else if (byte === SPACE || byte === TAB) this.#state = "padding";
        else if (this.#state === "size") this.#addDigit(byte);
        else this.#break("a chunk of two sizes");
        return;
      case "extension":
        if (byte === LF) this.#begin();
        return;
      case "data end":
        if (byte === LF) this.#state = "size";
        else this.#break("a chunk that is longer than its size");
        return;
      case "trailer":
        if (byte !== LF) this.#count++;
        else if (this.#count === 0) this.#state = "over";
        else this.#count = 0;
        return;
    }
  }

  #addDigit(byte: number): void {
    const value = HEXADECIMAL.indexOf(String.fromCharCode(byte).toLowerCase());
    if (value < 0 || ++this.#count > MAX_SIZE_DIGITS) return this.#break("a chunk without a size");
    this.#left = this.#left * 16 + value;
  }

  #begin(): void {
    if (this.#count === 0) return this.#break("a chunk without a size");
    this.#count = 0;
    this.#state = this.#left === 0 ? "trailer" : "data";
  }

  #break(what: string): void {
    this.#problem = new FramingError(what);
  }
}
