/** A recorded frame as a stamp: the same bytes for any pod, with what tells pods apart pressed in where it belongs. */

/** What tells two pods of one recording apart. Every value has as many bytes as the recorded one. */
export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

const FIELDS = ["namespace", "name", "uid", "resourceVersion"] as const;
const encoder = new TextEncoder();

/** A frame and the places of its pod's identity. */
export class Template {
  readonly #frame: Uint8Array;
  /** Where each part of the identity occurs; a namespace does so within images and environments, too. */
  readonly #places: readonly {
    readonly field: keyof Identity;
    readonly at: readonly number[];
    readonly length: number;
  }[];

  /** @throws {RangeError} when a part of the identity does not occur in the frame */
  constructor(frame: Uint8Array, recorded: Identity) {
    this.#frame = frame;
    this.#places = FIELDS.map((field) => {
      const text = encoder.encode(recorded[field]);
      const at = occurrences(frame, text);
      if (at.length === 0) throw new RangeError(`the recorded frame does not hold its ${field}`);
      return { field, at, length: text.length };
    });
  }

  get length(): number {
    return this.#frame.length;
  }

  /** Writes the frame of the pod with this identity to `target` at `offset`. @throws {RangeError} when it does not fit */
  stamp(target: Uint8Array, offset: number, identity: Identity): void {
    target.set(this.#frame, offset);
    for (const { field, at, length } of this.#places) {
      const text = identity[field];
      if (text.length !== length) {
        throw new RangeError(`a ${field} of ${length} characters is needed, not ${text}`);
      }
      for (const place of at) {
        encoder.encodeInto(text, target.subarray(offset + place, offset + place + length));
      }
    }
  }

  /** The frame of the pod with this identity. */
  frame(identity: Identity): Uint8Array<ArrayBuffer> {
    const frame = new Uint8Array(this.#frame.length);
    this.stamp(frame, 0, identity);
    return frame;
  }
}

function occurrences(bytes: Uint8Array, text: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text[0]!); at >= 0; at = bytes.indexOf(text[0]!, at + 1)) {
    if (text.every((byte, i) => bytes[at + i] === byte)) found.push(at);
  }
  return found;
}
