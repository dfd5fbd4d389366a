/** What the small benchmarks work on: pods as a real API server sent them, and pods of the plan as facts. */

import { toPodFacts } from "../../../lib/api/pod_json.ts";
import type { PodFacts } from "../../../lib/api/pod_facts.ts";
import { plannedPods } from "../plan.ts";
import { podToCreate, statusToReport } from "../pod.ts";

/** How much of a stream arrives at once, about. */
const CHUNK_BYTES = 64 * 1024;

/** How many pods a captured file holds. */
const CAPTURED = 5;

/** A body of `count` watch events: captured from a real API server, and repeated. */
export class CapturedBody {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Of the file in `captured/` with this name. */
  static async of(name: string, count: number): Promise<CapturedBody> {
    const once = await Deno.readFile(new URL(`./captured/${name}`, import.meta.url));
    const times = Math.ceil(count / CAPTURED);
    const bytes = new Uint8Array(once.length * times);
    for (let i = 0; i < times; i++) bytes.set(once, i * once.length);
    return new CapturedBody(bytes);
  }

  /** The body from its beginning, as a connection gives it: into the reader's buffer, if it brings one. */
  open(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let at = 0;
    return new ReadableStream({
      type: "bytes",
      pull: (controller) => {
        const into = controller.byobRequest?.view;
        const piece = this.#bytes.subarray(at, at + Math.min(CHUNK_BYTES, into?.byteLength ?? CHUNK_BYTES));
        at += piece.length;
        if (piece.length === 0) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else if (into) {
          new Uint8Array(into.buffer, into.byteOffset).set(piece);
          controller.byobRequest?.respond(piece.length);
        } else controller.enqueue(piece.slice());
      },
    });
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
