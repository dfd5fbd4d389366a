/** Trying a watch from all that exists on: what each way in which it may end is taken for. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../../lib/api/errors.ts";
import type { CollectionOptions, ListWatch, WatchEvent, WatchOptions } from "../../../lib/api/ports.ts";
import { tryWatchList } from "../../../lib/operator/check/try_watch_list.ts";
import { ManualClock, settled } from "../../support/manual_clock.ts";

type Batch = readonly WatchEvent<unknown>[];

const bookmark = (initialEventsEnd: boolean): Batch => [
  { type: "bookmark", resourceVersion: "7", initialEventsEnd },
];
const apiError = (code: number) => new ApiError({ code, reason: "", message: "no" });

/** Tries a collection whose watch opens as `open` does. */
async function trying(open: (signal: AbortSignal) => Promise<AsyncIterable<Batch>>) {
  const clock = new ManualClock();
  const asked: { options: Partial<CollectionOptions>; watch: WatchOptions }[] = [];
  let life: AbortSignal | undefined;
  const result = tryWatchList(
    (options): ListWatch<unknown> => ({
      list: () => assert.fail("nothing is listed"),
      watch(watch, signal) {
        asked.push({ options, watch });
        life = signal;
        return open(signal);
      },
    }),
    clock,
    new AbortController().signal,
  );
  // Told to the test when it asks.
  result.catch(() => {});
  await settled();
  return { result, clock, asked, isOver: () => life?.aborted };
}

async function* batches(...all: readonly Batch[]): AsyncGenerator<Batch> {
  yield* all;
}

Deno.test("tryWatchList() asks for an object that does not exist, from all that exists on", async () => {
  const { result, asked } = await trying(() => Promise.resolve(batches(bookmark(true))));
  assert.deepEqual(await result, { result: "supported" });
  const [{ options, watch }] = asked as [typeof asked[0]];
  assert.equal(options.name, "kube-devops-check");
  assert.deepEqual(watch, { start: { from: "initial-events" }, timeoutSeconds: 5 });
});

const connectionError = new ConnectionError("reset", "it broke.");

for (
  const [what, open, expected] of [
    ["another bookmark before the end", () => batches(bookmark(false), bookmark(true)), "supported"],
    ["a stream that ends without one", () => batches(bookmark(false)), "unsupported"],
    ["a refusal in the stream", () => batches([{ type: "error", error: apiError(400) }]), "unsupported"],
  ] as const
) {
  Deno.test(`tryWatchList() takes ${what} for ${expected}, and leaves nothing open`, async () => {
    const { result, clock, isOver } = await trying(() => Promise.resolve(open()));
    assert.equal((await result).result, expected);
    assert.equal(clock.pending, 0);
    assert.equal(isOver(), true);
  });
}

for (
  const [error, expected] of [
    [apiError(422), { result: "unsupported" }],
    [apiError(400), { result: "unsupported" }],
    [apiError(500), { result: "failed", error: apiError(500) }],
    [connectionError, { result: "failed", error: connectionError }],
  ] as const
) {
  Deno.test(`tryWatchList() takes the refusal ${error.name} ${Reflect.get(error, "code") ?? ""} for ${expected.result}`, async () => {
    const { result } = await trying(() => Promise.reject(error));
    assert.deepEqual(await result, expected);
  });
}

Deno.test("tryWatchList() gives up on a stream that says nothing after five seconds", async () => {
  const { result, clock } = await trying((signal) =>
    Promise.resolve((async function* (): AsyncGenerator<Batch> {
      yield bookmark(false);
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    })())
  );
  await clock.advance(4_999);
  assert.equal(clock.pending, 1);
  await clock.advance(1);
  assert.deepEqual(await result, { result: "unsupported" });
});

Deno.test("tryWatchList() does not swallow a bug", async () => {
  const { result } = await trying(() => Promise.reject(new RangeError("bug")));
  await assert.rejects(result, RangeError);
});
