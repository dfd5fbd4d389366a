/** Records what a real API server sends of a few hundred pods, in both forms, for the replay to multiply. */

import { type ControlPlane, startControlPlane } from "../../../tests/cluster/control_plane.ts";
import { createNamespaces, createPods, setFirstImage } from "../fill.ts";
import { type Faults, type PlannedPod, plannedPods, type Size } from "../plan.ts";
import { faultsWith, World } from "../world.ts";
import { type Form, JSON_FORM, PROTOBUF_FORM } from "./frames.ts";
import { concat } from "./wire.ts";

const WATCH =
  "/api/v1/pods?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";

/** One recorded pod: its events as it was created, and with its first image pinned or unpinned since. */
export interface RecordedPod {
  readonly pod: PlannedPod;
  readonly frames: readonly [Uint8Array, Uint8Array];
}

/** What was recorded in one form. */
export interface Tape {
  readonly form: Form;
  readonly pods: readonly RecordedPod[];
  /** The event that ends the first part of a watch-list. */
  readonly bookmark: Uint8Array;
}

/** A prime number of pods, so that those of one namespace of the replay are not all of one kind. */
const MOST: Size = { pods: 499, namespaces: 20 };

/** How many pods to record for a replay of `size`. */
export function recordingSize({ pods, namespaces }: Size): Size {
  return { pods: Math.min(pods, MOST.pods), namespaces: Math.min(namespaces, MOST.namespaces) };
}

/** What is wrong with each recorded pod, in both of its variants. */
export function recordedFaults(size: Size): readonly (readonly [Faults, Faults])[] {
  return [...plannedPods(size)].map((pod) => {
    const pinned = pod.faults.unpinned === 0;
    return [faultsWith(pod, pinned), faultsWith(pod, !pinned)] as const;
  });
}

/** Starts a real API server, records a tape in each form, and ends it. @throws when `signal` aborts meanwhile */
export async function record(size: Size, signal?: AbortSignal): Promise<readonly Tape[]> {
  await using cluster = await startControlPlane();
  const world = new World(size);
  await createNamespaces(cluster, size, signal);
  await createPods(cluster, size, () => {}, signal);

  const watches = [];
  for (const form of [PROTOBUF_FORM, JSON_FORM]) {
    const frames = framesOf(cluster, form);
    watches.push({
      form,
      frames,
      created: await take(frames, form, { type: "ADDED", count: size.pods }),
      bookmark: await next(frames),
    });
  }
  for (const pod of plannedPods(size)) {
    signal?.throwIfAborted();
    await setFirstImage(cluster, pod, world.toggleImage(pod).image);
  }
  const tapes: Tape[] = [];
  for (const { form, frames, created, bookmark } of watches) {
    const changed = await take(frames, form, { type: "MODIFIED", count: size.pods });
    await frames.return(undefined);
    const pods = [...plannedPods(size)].map((pod): RecordedPod => ({
      pod,
      frames: [created.get(pod.name)!, changed.get(pod.name)!],
    }));
    tapes.push({ form, pods, bookmark });
  }
  return tapes;
}

/** The frames of a watch of all pods. */
async function* framesOf(cluster: ControlPlane, form: Form): AsyncGenerator<Uint8Array> {
  const response = await cluster.request("GET", WATCH, undefined, { accept: form.mediaType });
  if (!response.ok || response.body === null) throw new Error(`Cannot record pods: ${await response.text()}`);
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of response.body) {
    const bytes = concat([rest, chunk]);
    const { frames, length } = form.cut(bytes);
    rest = bytes.subarray(length);
    yield* frames;
  }
}

/** So many pods' events of this type, by the pods' names; bookmarks among them are passed over. */
async function take(
  frames: AsyncGenerator<Uint8Array>,
  form: Form,
  { type, count }: { readonly type: string; readonly count: number },
): Promise<Map<string, Uint8Array>> {
  const taken = new Map<string, Uint8Array>();
  while (taken.size < count) {
    const frame = await next(frames);
    if (form.typeOf(frame) === type) taken.set(form.nameOf(frame), frame);
  }
  return taken;
}

async function next(frames: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  const { done, value } = await frames.next();
  if (done) throw new Error("The watch of the pods ended before all was recorded.");
  return value;
}
