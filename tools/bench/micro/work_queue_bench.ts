/** Times the work queue: the events of a start and of a storm, and the work that comes of them. */

import { WorkQueue } from "../../../lib/runtime/work_queue.ts";

const KEYS = Array.from({ length: 10_000 }, (_, i) => `team-${i}/default-policy`);

/** A queue whose time stands still: nothing is ever due later. */
function newQueue(): WorkQueue<string> {
  const clock = { now: () => 0, monotonic: () => 0, after: () => () => {} };
  return new WorkQueue({ clock, keyOf: (key) => key, coalesceMs: 0 });
}

Deno.bench("100000 events for 10000 keys", { group: "add" }, () => {
  const queue = newQueue();
  for (let i = 0; i < 10; i++) for (const key of KEYS) queue.add(key);
});

Deno.bench("10000 keys added, taken and done", { group: "work" }, async () => {
  const queue = newQueue();
  const { signal } = new AbortController();
  for (const key of KEYS) queue.add(key);
  for (let i = 0; i < KEYS.length; i++) queue.done((await queue.take(signal))!);
});
