/** A storm: very many pod events for a while, half of them in a few namespaces, as in a rollout on a failing node. */

import type { Clock } from "../../../lib/api/clock.ts";
import type { ReplayedPods } from "./pods.ts";

/** How hard, and for how long. */
export interface StormOptions {
  readonly perSecond: number;
  readonly seconds: number;
  readonly clock: Clock;
}

/** Half of all events come to so many namespaces. */
const HOT_NAMESPACES = 20;
/** Of a hundred events so many change what a check reads; of the rest, so many delete a pod, or bring one back. */
const [TOGGLES, DELETIONS] = [70, 15];
/** How often events are let loose; milliseconds. */
const TICK_MS = 4;

/** Runs the storm to its end; how many events there were. */
export async function storm(
  pods: ReplayedPods,
  { perSecond, seconds, clock }: StormOptions,
): Promise<number> {
  const random = randomNumbers(1);
  const deleted: number[] = [];
  const startedAt = clock.monotonic();
  const total = perSecond * seconds;
  let count = 0;
  while (count < total) {
    await new Promise<void>((resolve) => clock.after(TICK_MS, resolve));
    const due = Math.min(total, Math.floor((clock.monotonic() - startedAt) / 1000 * perSecond));
    for (; count < due; count++) change(pods, deleted, random);
  }
  return count;
}

/** One event. */
function change(pods: ReplayedPods, deleted: number[], random: () => number): void {
  const kind = random() * 100;
  const index = pick(pods, random);
  if (kind >= TOGGLES && kind < TOGGLES + DELETIONS) {
    if (deleted.length > 0 && random() < 0.5) pods.create(deleted.pop()!);
    else if (!pods.isGone(index)) {
      pods.delete(index);
      deleted.push(index);
    }
  } else if (pods.isGone(index)) {
    pods.create(index);
    deleted.splice(deleted.indexOf(index), 1);
  } else if (kind < TOGGLES) pods.toggle(index);
  else pods.touch(index);
}

function pick({ size: { pods, namespaces } }: ReplayedPods, random: () => number): number {
  if (random() < 0.5) return Math.floor(random() * pods);
  const namespace = Math.floor(random() * Math.min(HOT_NAMESPACES, namespaces));
  const round = Math.floor(random() * Math.floor(pods / namespaces));
  return round * namespaces + namespace;
}

/** The same numbers from 0 up to 1 each time, so that every storm is the same one. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
