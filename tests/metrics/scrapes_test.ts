/** Scrapes: one rendering for all who ask within a second, made without holding up anybody, and bounded in memory. */

import assert from "node:assert/strict";
import { Scrapes } from "../../lib/metrics/scrapes.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

/** A source of numbered renderings, each of `pieces` pieces that take a moment of the clock each. */
function source({ pieces = 2, work = () => {} }: { pieces?: number; work?: () => void } = {}) {
  let rendered = 0;
  return {
    get rendered() {
      return rendered;
    },
    async *pieces() {
      const number = ++rendered;
      for (let i = 0; i < pieces; i++) {
        work();
        yield `rendering ${number} piece ${i}\n`;
      }
    },
  };
}

const text = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => new Response(stream).text();

Deno.test("Scrapes gives all pieces in order, and their length in bytes", async () => {
  async function* pieces() {
    yield* ["a 1\n", "ä 2\n", ""];
  }
  const body = await new Scrapes({ pieces }, new ManualClock()).body();
  assert.equal(body.length, 9);
  assert.equal(await text(body.stream()), "a 1\nä 2\n");
});

Deno.test("Scrapes renders once for all who ask meanwhile and within a second, and then anew", async () => {
  const clock = new ManualClock();
  const from = source();
  const scrapes = new Scrapes(from, clock);
  const bodies = await Promise.all([scrapes.body(), scrapes.body(), scrapes.body()]);
  for (const body of bodies) assert.match(await text(body.stream()), /^rendering 1 /);
  await clock.advance(999);
  await scrapes.body();
  assert.equal(from.rendered, 1);
  await clock.advance(1);
  assert.match(await text((await scrapes.body()).stream()), /^rendering 2 /);
});

Deno.test("Scrapes lets others work after each stretch of 5 ms, and whoever asks meanwhile shares the rendering", async () => {
  const clock = new ManualClock();
  // Each piece takes 3 ms, so that every second one after the first ends a stretch.
  let busy = 0;
  const stretches: number[] = [];
  const others = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic() + busy,
    after(ms: number, callback: () => void) {
      stretches.push(busy);
      return clock.after(ms, callback);
    },
  };
  const from = source({ pieces: 7, work: () => busy += 3 });
  const scrapes = new Scrapes(from, others);
  const first = scrapes.body();
  await settled();
  assert.deepEqual(stretches, [9]);
  assert.equal(clock.pending, 1, "it waits for its next turn");
  assert.equal(scrapes.body(), first);
  await clock.advance(0);
  assert.deepEqual(stretches, [9, 15, 21]);
  assert.equal((await text((await first).stream())).split("\n").length, 8);
  assert.equal(from.rendered, 1);
});

Deno.test("Scrapes tells all who asked that a rendering failed, and tries again for the next", async () => {
  let fails = true;
  async function* pieces() {
    if (fails) throw new RangeError("a bug");
    yield "fine\n";
  }
  const scrapes = new Scrapes({ pieces }, new ManualClock());
  const both = [scrapes.body(), scrapes.body()];
  for (const body of both) await assert.rejects(body, RangeError);
  fails = false;
  assert.equal(await text((await scrapes.body()).stream()), "fine\n");
});

Deno.test("Scrapes cuts off who still reads the fourth rendering before the newest, and nobody else", async () => {
  const clock = new ManualClock();
  const scrapes = new Scrapes(source({ pieces: 3 }), clock);
  const readers: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>[] = [];
  for (let i = 0; i < 6; i++) {
    const reader = (await scrapes.body()).stream().getReader();
    await reader.read();
    readers.push(reader);
    await clock.advance(1_000);
  }
  for (const [i, reader] of readers.entries()) {
    if (i < 2) await assert.rejects(reader.read(), /too slowly/);
    else assert.equal(new TextDecoder().decode((await reader.read()).value), `rendering ${i + 1} piece 1\n`);
  }
});

Deno.test("Scrapes counts only renderings that somebody reads: the read, and the given up, cut nobody off", async () => {
  const clock = new ManualClock();
  const scrapes = new Scrapes(source(), clock);
  const slow = (await scrapes.body()).stream().getReader();
  await slow.read();
  for (let i = 0; i < 10; i++) {
    await clock.advance(1_000);
    const body = await scrapes.body();
    if (i % 2 === 0) await text(body.stream());
    else await body.stream().cancel();
  }
  assert.equal(new TextDecoder().decode((await slow.read()).value), "rendering 1 piece 1\n");
  assert((await slow.read()).done);
});
