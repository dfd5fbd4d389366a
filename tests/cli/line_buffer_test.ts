/** Lines on their way out: few writes, none of them late, in order, and bounded when nobody reads. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { LineBuffer } from "../../lib/cli/line_buffer.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

/** A file whose reader takes what is written when the test says so, or at once. */
class Reader {
  readonly clock = new ManualClock();
  /** What each write held that was begun. */
  readonly written: string[] = [];
  isStalled = false;
  isGone = false;
  underWay = 0;
  most = 0;
  #goOn = Promise.withResolvers<void>();

  readonly lines = new LineBuffer({
    clock: this.clock,
    droppedLine: (count) => `${count} dropped\n`,
    write: async (bytes) => {
      this.written.push(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      this.most = Math.max(this.most, ++this.underWay);
      if (this.isStalled) await this.#goOn.promise;
      this.underWay--;
      if (this.isGone) throw new Deno.errors.BrokenPipe("nobody reads");
    },
  });

  /** Takes what is written, from now on. */
  async goOn(): Promise<void> {
    this.isStalled = false;
    this.#goOn.resolve();
    this.#goOn = Promise.withResolvers();
    await settled();
  }

  get text(): string {
    return this.written.join("");
  }
}

/** So long that it is written at once, with its number first. */
const long = (n: number, length = 16 * 1024) => `${n} `.padEnd(length - 1, "x") + "\n";

Deno.test("lineBuffer() writes what comes within 20 ms together, 20 ms after the first of it", async () => {
  const { clock, lines, written } = new Reader();
  lines.add("a\n");
  await clock.advance(15);
  lines.add("b ä\n");
  await clock.advance(4);
  assert.deepEqual(written, []);
  await clock.advance(1);
  assert.deepEqual(written, ["a\nb ä\n"]);
  lines.add("c\n");
  await clock.advance(20);
  assert.deepEqual(written, ["a\nb ä\n", "c\n"]);
  assert.equal(clock.pending, 0, "nothing is timed while nothing waits");
});

Deno.test("lineBuffer() writes 16 Ki units at once, and nothing of it again when their time comes", async () => {
  const { clock, lines, written } = new Reader();
  lines.add(long(1, 16 * 1024 - 1));
  assert.deepEqual(written, []);
  lines.add("\n");
  assert.deepEqual(written, [`${long(1, 16 * 1024 - 1)}\n`]);
  assert.equal(clock.pending, 0);
  await clock.advance(100);
  assert.equal(written.length, 1);
});

Deno.test("lineBuffer() gathers while a write is under way, and has one at a time", async () => {
  const reader = new Reader();
  const { clock, lines, written } = reader;
  reader.isStalled = true;
  lines.add("a\n");
  await clock.advance(20);
  lines.add("b\n");
  await clock.advance(50);
  lines.add("c\n");
  assert.deepEqual(written, ["a\n"]);
  await reader.goOn();
  assert.deepEqual(written, ["a\n", "b\nc\n"]);
  assert.equal(reader.most, 1);
  assert.equal(clock.pending, 0);
});

Deno.test("lineBuffer() lets a line wait its time when a write ends before", async () => {
  const reader = new Reader();
  const { clock, lines, written } = reader;
  reader.isStalled = true;
  lines.add("a\n");
  await clock.advance(20);
  lines.add("b\n");
  await reader.goOn();
  await clock.advance(19);
  assert.deepEqual(written, ["a\n"]);
  await clock.advance(1);
  assert.deepEqual(written, ["a\n", "b\n"]);
});

Deno.test("lineBuffer() keeps 1 Mi units for a reader that has stalled, and says in their place how many lines it dropped", async () => {
  const reader = new Reader();
  const { clock, lines, written } = reader;
  reader.isStalled = true;
  for (let n = 0; n < 200; n++) lines.add(long(n, 20_000));
  // There is room for it, but not behind those that are missing.
  lines.add("short\n");
  await clock.advance(60_000);
  assert.equal(written.length, 1, "the write that stalled");
  await reader.goOn();
  lines.add("afterwards\n");
  await lines.close();
  const kept = reader.text.split("\n").map((line) => line.trimEnd().replace(/ x+$/, ""));
  assert.deepEqual(kept, [...Array(53).keys(), "148 dropped", "afterwards", ""].map(String));
  assert.equal(written[1]?.length, 1_040_000 + "148 dropped\n".length);
});

Deno.test("lineBuffer() takes a line that is longer than all that may wait", async () => {
  const { lines, written } = new Reader();
  lines.add(long(1, 2 * 1024 * 1024));
  lines.add("after\n");
  await lines.close();
  assert.deepEqual(written.map((text) => text.length), [2 * 1024 * 1024, 6]);
});

Deno.test("lineBuffer() goes on after a write that failed, whose lines are lost", async () => {
  const reader = new Reader();
  const { clock, lines, written } = reader;
  reader.isGone = true;
  lines.add("lost\n");
  await clock.advance(20);
  reader.isGone = false;
  lines.add("a\n");
  await clock.advance(20);
  assert.deepEqual(written, ["lost\n", "a\n"]);
  await lines.close();
});

Deno.test("lineBuffer() is closed once all that waits was written, and takes no more", async () => {
  const reader = new Reader();
  const { clock, lines, written } = reader;
  reader.isStalled = true;
  lines.add("a\n");
  await clock.advance(20);
  lines.add("b\n");
  let isClosed = false;
  const closing = lines.close().then(() => isClosed = true);
  lines.add("too late\n");
  await settled();
  assert.equal(isClosed, false);
  await reader.goOn();
  await closing;
  assert.deepEqual(written, ["a\n", "b\n"]);
  assert.equal(clock.pending, 0);
  await lines.close();
});

Deno.test("lineBuffer() gives out what waits, and does not write it then", async () => {
  const { clock, lines, written } = new Reader();
  lines.add("a\n");
  lines.add("b\n");
  assert.equal(lines.take(), "a\nb\n");
  assert.equal(lines.take(), "");
  await clock.advance(100);
  await lines.close();
  assert.deepEqual(written, []);
});

Deno.test("lineBuffer() loses, repeats and reorders nothing, whatever the reader does, and tells of each line it drops", async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), length: fc.constantFrom(8, 20_000, 500_000) }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 19, 20, 200) }),
    fc.constantFrom({ kind: "stall" } as const, { kind: "goOn" } as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const reader = new Reader();
      let added = 0;
      for (const step of steps) {
        if (step.kind === "add") reader.lines.add(long(added++, step.length));
        else if (step.kind === "wait") await reader.clock.advance(step.ms);
        else if (step.kind === "stall") reader.isStalled = true;
        else await reader.goOn();
      }
      const closing = reader.lines.close();
      await reader.goOn();
      await closing;
      let next = 0;
      for (const line of reader.text.split("\n").slice(0, -1)) {
        const [, count, word] = /^(\d+) (\w*)/.exec(line)!;
        if (word === "dropped") next += Number(count);
        else assert.equal(Number(count), next++);
      }
      assert.equal(next, added);
      assert(reader.most <= 1);
      assert.equal(reader.clock.pending, 0);
    }),
    { numRuns: 200 },
  );
});
