/** Lines out of bytes: however the network cuts them, the same lines come out, and never an unbounded one. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonLines } from "../../lib/kube/json_lines.ts";
import { bodyOf, cutAt, watchedBody } from "../support/bodies.ts";
import { connectionError } from "./harness.ts";

const MIB = 1024 * 1024;

async function batches(chunks: Iterable<Uint8Array>): Promise<(readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for await (const lines of jsonLines(bodyOf(...chunks))) found.push(lines);
  return found;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Text of one line, with characters of one to four bytes. */
const line = fc.string({
  unit: fc.constantFrom("a", "{", '"', "\r", "\0", "ä", "漢", "🎉", "\ufeff"),
  maxLength: 30,
});

Deno.test("jsonLines() gives the same lines however the bytes are cut", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 8 }),
      line,
      fc.array(fc.nat({ max: 400 }), { maxLength: 40 }),
      async (lines, tail, cuts) => {
        const whole = bytes(lines.map((text) => `${text}\n`).join("") + tail);
        assert.deepEqual((await batches(cutAt(whole, cuts))).flat(), lines);
      },
    ),
    { numRuns: 200 },
  ));

Deno.test("jsonLines() gives together what arrived together, and no empty batches", async () => {
  const chunks = ["a\nb\nc", "d", "", "e\n", "f\n\n"].map(bytes);
  assert.deepEqual(await batches(chunks), [["a", "b"], ["cde"], ["f", ""]]);
});

Deno.test("jsonLines() puts a character together that was cut between two chunks", async () => {
  const [first, second] = [bytes("漢\n").slice(0, 1), bytes("漢\n").slice(1)];
  assert.deepEqual(await batches([first, second]), [["漢"]]);
});

Deno.test("jsonLines() keeps a character that could be a byte order mark, wherever it stands and is cut", async () => {
  const text = bytes("\ufeffa\ufeffb");
  for (let cut = 0; cut <= text.length; cut++) {
    const chunks = [text.slice(0, cut), text.slice(cut), bytes("\n")];
    assert.deepEqual(await batches(chunks), [["\ufeffa\ufeffb"]]);
  }
});

Deno.test("jsonLines() drops an unfinished last line, and gives nothing for an empty stream", async () => {
  assert.deepEqual(await batches([bytes("whole\nhal")]), [["whole"]]);
  assert.deepEqual(await batches([bytes("hal")]), []);
  assert.deepEqual(await batches([]), []);
});

Deno.test("jsonLines() accepts a line of 16 MiB, its newline included", async () => {
  const chunk = new Uint8Array(MIB).fill(0x61);
  const [lines] = await batches([...Array(15).fill(chunk), chunk.with(MIB - 1, 0x0a)]);
  assert.equal(lines?.[0]?.length, 16 * MIB - 1);
});

Deno.test("jsonLines() refuses a longer line as soon as it is too long, and gives the stream up", async () => {
  const chunk = new Uint8Array(MIB).fill(0x61);
  const { body, seen } = watchedBody(function* () {
    yield bytes("first\n");
    while (true) yield chunk;
  }());
  const given: string[] = [];
  const reading = (async () => {
    for await (const lines of jsonLines(body)) given.push(...lines);
  })();
  await assert.rejects(reading, connectionError("other", /an object of more than 16 MiB\.$/));
  assert.deepEqual(given, ["first"]);
  assert.deepEqual(seen, { pulled: 17, cancelled: true });
});

Deno.test("jsonLines() counts a line, not what came before it", async () => {
  const chunk = bytes(`${"a".repeat(MIB)}\n`);
  assert.equal((await batches(Array(20).fill(chunk))).flat().length, 20);
});

Deno.test("jsonLines() reads a line in a thousand pieces in time proportional to its length", async () => {
  const start = performance.now();
  const piece = new Uint8Array(1_000).fill(0x61);
  const [lines] = await batches([...Array(10_000).fill(piece), bytes("\n")]);
  assert.equal(lines?.[0]?.length, 10_000_000);
  assert(performance.now() - start < 10_000);
});

Deno.test("jsonLines() gives the stream up when its reader stops early", async () => {
  const { body, seen } = watchedBody(function* () {
    while (true) yield bytes("a\n");
  }());
  for await (const _ of jsonLines(body)) break;
  assert.equal(seen.cancelled, true);
});
