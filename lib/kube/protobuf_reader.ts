/** Reads protobuf messages where they lie: nothing is copied, and no byte beyond their end is looked at. */

/** The bytes are not the protobuf that they should be. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** What announces field `number` when it is a whole number or a boolean. */
export function varintTag(number: number): number {
  return number << 3 | VARINT;
}

/** What announces field `number` when it is text, bytes or a message. */
export function lengthTag(number: number): number {
  return number << 3 | LENGTH;
}

/**
 * A place in a message, and the field before it.
 *
 * Every call goes on by at least a byte or throws, so that whatever is read comes to an end.
 */
export class ProtobufReader {
  bytes: Uint8Array = new Uint8Array();
  /** Where the next field begins. */
  at = 0;
  /** Which field was read last. One whose type is not the expected one has another tag, and counts as unknown. */
  tag = 0;
  /** Where the last field with a length begins and ends. */
  from = 0;
  to = 0;
  /** The halves of the last varint, 32 bits each; their signs mean nothing. */
  #low = 0;
  #high = 0;

  /**
   * Reads the next field of a message that goes to `end`; false when there is none.
   *
   * @throws {MalformedError} when it is no field, or goes beyond `end`
   */
  next(end: number): boolean {
    if (this.at >= end) return false;
    this.#varint(end);
    if (this.#high !== 0 || this.#low >>> 3 === 0) throw new MalformedError("a field of no valid number");
    this.tag = this.#low;
    switch (this.tag & 7) {
      case VARINT:
        this.#varint(end);
        break;
      case FIXED64:
        this.#skip(8, end);
        break;
      case LENGTH:
        this.#varint(end);
        this.#skip(this.#high === 0 ? this.#low >>> 0 : Infinity, end);
        break;
      case FIXED32:
        this.#skip(4, end);
        break;
      // Groups, which no Kubernetes object has ever had, and what protobuf does not know.
      default:
        throw new MalformedError(`a field of type ${this.tag & 7}`);
    }
    return true;
  }

  /** Goes into the message that was just found. Its end is the answer; whoever gets there is behind the field again. */
  enter(): number {
    this.at = this.from;
    return this.to;
  }

  /** The last varint as an `int32`: of what is longer, the lower half. */
  get int32(): number {
    return this.#low | 0;
  }

  /** The last varint as an `int64`, as exactly as a number can be. */
  get int64(): number {
    const low = this.#low >>> 0;
    // Nothing is added to a small number: what comes of a sum of large ones takes up memory of its own.
    return this.#high === 0 ? low : (this.#high | 0) * 2 ** 32 + low;
  }

  #skip(length: number, end: number): void {
    if (length > end - this.at) throw new MalformedError("a field that goes beyond its message");
    this.from = this.at;
    this.at = this.to = this.at + length;
  }

  #varint(end: number): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw new MalformedError("a number that does not end");
      const byte = this.bytes[this.at++]!;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte > 0x7f) continue;
      this.#low = low;
      this.#high = high;
      return;
    }
    throw new MalformedError("a number of more than 64 bits");
  }
}
