/** The agenda of a work queue: what waits, each under the time of its next step; times that no longer hold are skipped. */

import { TimeHeap } from "./time_heap.ts";

/** One entry, which its owner changes and then {@linkcode Agenda.add}s anew. */
export interface Planned {
  /** When it is wanted; Infinity while nobody asks for it. */
  readonly dueAt: number;
  /** No sooner than this, whoever asks: the end of its quiet time, or of its penalty for failing. */
  readonly notBefore: number;
  /** Whether it goes before all that are due and do not. */
  readonly isFirst: boolean;
  /** Whether a worker has it: then it waits for nothing. */
  readonly running: boolean;
}

/** So many stale times are not worth a clean-up. */
const SPARE_TIMES = 64;

interface Lane<Entry> {
  readonly isFirst: boolean;
  /** Holds each entry of the lane at least under {@linkcode nextStep}; other times are stale. */
  readonly heap: TimeHeap<Entry>;
}

/** What waits. Each change of plan leaves a stale time behind. */
export class Agenda<Entry extends Planned> {
  /** Where an entry of the first is due, no other has its turn. */
  readonly #lanes: readonly Lane<Entry>[] = [true, false].map((isFirst) => ({
    isFirst,
    heap: new TimeHeap(),
  }));
  /** With more times than this, the stale ones are thrown out: for a long interval they would stay for long. */
  #enough = SPARE_TIMES;

  add(entry: Entry): void {
    this.#lanes.find(({ isFirst }) => isFirst === entry.isFirst)?.heap.push(nextStep(entry), entry);
    if (this.size <= this.#enough) return;
    for (const lane of this.#lanes) lane.heap.retain((at, entry) => isCurrent(at, entry, lane));
    this.#enough = 2 * this.size + SPARE_TIMES;
  }

  /** Takes out the entry whose turn it is, with the time it stood under; undefined when none is due. */
  takeDue(now: number): { readonly at: number; readonly entry: Entry } | undefined {
    for (const lane of this.#lanes) {
      const next = soonest(lane);
      if (next === undefined || next.at > now) continue;
      lane.heap.pop();
      return { at: next.at, entry: next.value };
    }
    return undefined;
  }

  /** When the next entry is due; Infinity when none waits. */
  nextAt(): number {
    return Math.min(...this.#lanes.map((lane) => soonest(lane)?.at ?? Infinity));
  }

  /** How many times stand on it, stale ones included. */
  get size(): number {
    return this.#lanes.reduce((size, { heap }) => size + heap.size, 0);
  }
}

/** The soonest time in a lane that still holds; stale ones before it are thrown out. */
function soonest<Entry extends Planned>(lane: Lane<Entry>) {
  for (;;) {
    const next = lane.heap.peek();
    if (next === undefined || isCurrent(next.at, next.value, lane)) return next;
    lane.heap.pop();
  }
}

/** Whether the entry still waits for this very time, in this lane. */
function isCurrent(at: number, entry: Planned, { isFirst }: Pick<Lane<unknown>, "isFirst">): boolean {
  return !entry.running && entry.isFirst === isFirst && nextStep(entry) === at;
}

/** When an entry without a worker is handed out; when nobody asks for it, when its quiet time is over. */
function nextStep({ dueAt, notBefore }: Planned): number {
  return dueAt === Infinity ? notBefore : dueAt;
}
