/** What the small benchmarks work on: pods as a real API server sent them, and pods of the plan as facts. */

import { toPodFacts } from "../../../lib/api/pod_json.ts";
import type { PodFacts } from "../../../lib/api/pod_facts.ts";
import { plannedPods } from "../plan.ts";
import { podToCreate, statusToReport } from "../pod.ts";

/** How much of a stream arrives at once, about. */
const CHUNK_BYTES = 64 * 1024;

/** How many pods a captured file holds. */
const CAPTURED = 5;

/** A stream of `count` watch events, captured from a real API server and repeated, in chunks as a network brings them. */
export class CapturedStream {
  readonly #chunks: readonly Uint8Array<ArrayBuffer>[];

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    const count = Math.ceil(bytes.length / CHUNK_BYTES);
    this.#chunks = Array.from(
      { length: count },
      (_, i) => bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
    );
  }

  /** Of the file in `captured/` with this name. */
  static async of(name: string, count: number): Promise<CapturedStream> {
    const once = await Deno.readFile(new URL(`./captured/${name}`, import.meta.url));
    const times = Math.ceil(count / CAPTURED);
    const bytes = new Uint8Array(once.length * times);
    for (let i = 0; i < times; i++) bytes.set(once, i * once.length);
    return new CapturedStream(bytes);
  }

  /** The stream from its beginning. */
  open(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return ReadableStream.from(this.#chunks);
  }
}

/** The facts of so many pods of the plan, all in one namespace. */
export function plannedFacts(count: number): readonly PodFacts[] {
  return [...plannedPods({ pods: count, namespaces: 1 })].map((pod) => {
    const created = podToCreate(pod);
    const metadata = { ...created["metadata"] as object, creationTimestamp: "2026-02-22T10:00:00Z" };
    return toPodFacts({ ...created, metadata, status: statusToReport(pod) })!;
  });
}
