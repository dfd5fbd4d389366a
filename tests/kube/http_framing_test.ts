/** Framings: of whatever comes, in whatever pieces, they give the body and nothing else, and know where it ends. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Framing, FramingError, framingOf } from "../../lib/kube/http_framing.ts";
import { cutAt } from "../support/bodies.ts";
import { concat } from "../support/protobuf_writer.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

const headOf = (headers: Record<string, string>, status = 200) => ({ status, headers: new Headers(headers) });

/** What a framing takes for the body among `pieces`, and how that ends. */
function take(framing: Framing, pieces: readonly Uint8Array[]) {
  const taken: Uint8Array[] = [];
  let isOver = false;
  try {
    for (const piece of pieces) {
      isOver = framing.isOver();
      if (isOver) break;
      const bytes = piece.slice();
      const length = framing.strip(bytes);
      assert(length <= piece.length);
      taken.push(bytes.subarray(0, length));
    }
    isOver = framing.isOver();
  } catch (error) {
    assert(error instanceof FramingError, String(error));
    return { body: concat(...taken), problem: error.message };
  }
  return { body: concat(...taken), isOver };
}

const chunked = () => framingOf("GET", headOf({ "transfer-encoding": "chunked" }))!;
const takeChunks = (text: string) => take(chunked(), [utf8(text)]);

const anyCuts = fc.array(fc.nat(), { maxLength: 30, size: "max" });
const anyLineEnd = fc.constantFrom("\r\n", "\n");
/** A chunk as it may be sent: digits of either case, zeros before them, blanks and extensions behind. */
const anyChunk = fc.record({
  data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  zeros: fc.constantFrom("", "0", "000"),
  isUpperCase: fc.boolean(),
  more: fc.constantFrom("", " ", "\t ", ";", ";name=value", ' ; name="a;b" '),
  lineEnd: anyLineEnd,
}).map(({ data, zeros, isUpperCase, more, lineEnd }) => {
  const digits = data.length.toString(16);
  const size = zeros + (isUpperCase ? digits.toUpperCase() : digits) + more;
  return { data, sent: concat(utf8(size + lineEnd), data, utf8(lineEnd)) };
});
const anyEnd = fc.record({
  size: fc.constantFrom("0", "000", "0;last"),
  trailers: fc.constantFrom([], ["grpc-status: 0"], ["a: 0", "b:"]),
  lineEnd: anyLineEnd,
}).map(({ size, trailers, lineEnd }) => utf8([size, ...trailers, "", ""].join(lineEnd)));

Deno.test("A body in chunks is given byte by byte as it was, however it was cut, and ends exactly at its end", () =>
  fc.assert(
    fc.property(
      fc.array(anyChunk, { maxLength: 6 }),
      anyEnd,
      fc.uint8Array({ maxLength: 9 }),
      anyCuts,
      (chunks, end, after, cuts) => {
        const whole = concat(...chunks.map(({ sent }) => sent), end);
        const body = concat(...chunks.map(({ data }) => data));
        assert.deepEqual(take(chunked(), cutAt(concat(whole, after), cuts)), { body, isOver: true });
        assert.deepEqual(take(chunked(), cutAt(whole.slice(0, -1), cuts)), { body, isOver: false });
      },
    ),
  ));

Deno.test("A body of a length is given as it was, however it was cut, and ends exactly at its end", () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1 }),
      fc.uint8Array({ maxLength: 9 }),
      anyCuts,
      (body, after, cuts) => {
        const framing = () => framingOf("GET", headOf({ "content-length": String(body.length) }))!;
        assert.deepEqual(take(framing(), cutAt(concat(body, after), cuts)), { body, isOver: true });
        const short = body.slice(0, -1);
        assert.deepEqual(take(framing(), cutAt(short, cuts)), { body: short, isOver: false });
      },
    ),
  ));

Deno.test("A body without a length goes on for as long as its connection", () => {
  const framing = framingOf("GET", headOf({}))!;
  assert.deepEqual(take(framing, [utf8("abc"), utf8("d")]), { body: utf8("abcd"), isOver: false });
  assert.equal(framing.endsWithConnection, true);
});

for (const headers of [{ "transfer-encoding": "chunked" }, { "content-length": "3" }]) {
  Deno.test(`A connection that ends is not how a body of ${JSON.stringify(headers)} ends`, () =>
    assert.equal(framingOf("GET", headOf(headers))?.endsWithConnection, false));
}

const bytesOrMarks = fc.oneof(
  fc.constantFrom(..."\r\n\r\n0123aF; \tx", "3\r\nabc\r\n", "0\r\n").map(utf8),
  fc.uint8Array({ maxLength: 4 }),
);

Deno.test("Chunks end whatever bytes come, in a body or in words, and the same ones however the bytes are cut", () =>
  fc.assert(
    fc.property(fc.array(bytesOrMarks, { maxLength: 40 }), anyCuts, (parts, cuts) => {
      const whole = concat(...parts);
      const expected = take(chunked(), [whole]);
      assert.deepEqual(take(chunked(), cutAt(whole, cuts)), expected);
      assert.deepEqual(take(chunked(), Array.from(whole, (byte) => Uint8Array.of(byte))), expected);
    }),
    { numRuns: 1_000 },
  ));

for (
  const [what, text, body, problem] of [
    ["a size that is none", "3\r\nabc\r\nxyz\r\n", "abc", "a chunk without a size"],
    ["no size", "\r\nabc", "", "a chunk without a size"],
    ["only an extension", ";a=b\r\nabc", "", "a chunk without a size"],
    ["only blanks", "  \r\nabc", "", "a chunk without a size"],
    ["a negative size", "-1\r\nabc", "", "a chunk without a size"],
    ["a size in another notation", "0x3\r\nabc", "", "a chunk without a size"],
    ["a size of nine digits", "000000003\r\nabc", "", "a chunk without a size"],
    ["two sizes", "3 3\r\nabc", "", "a chunk of two sizes"],
    ["a carriage return within the size", "1\r2\r\nabc", "", "a line that ends halfway"],
    ["two carriage returns at the end of a line", "3\r\r\nabc", "", "a line that ends halfway"],
    ["half a line end in an extension", "3;a\rb\r\nabc", "", "a line that ends halfway"],
    ["half a line end behind the data", "3\r\nabc\r3\r\n", "abc", "a line that ends halfway"],
    ["more data than the size says", "3\r\nabcd\r\n", "abc", "a chunk that is longer than its size"],
    ["half a line end in a trailer", "3\r\nabc\r\n0\r\na: b\rc", "abc", "a line that ends halfway"],
  ] as const
) {
  Deno.test(`Chunks break at ${what}, and what came before counts`, () =>
    assert.deepEqual(takeChunks(text), {
      body: utf8(body),
      problem: `its answer is not what was asked for: ${problem}`,
    }));
}

Deno.test("A chunk may be as long as eight digits say, before any of it has come", () =>
  assert.deepEqual(takeChunks("ffffffff\r\nabc"), { body: utf8("abc"), isOver: false }));

for (
  const [what, headers, body] of [
    ["chunks before a length", { "transfer-encoding": "chunked", "content-length": "1" }, "abc"],
    ["Chunked in capitals", { "transfer-encoding": "Chunked" }, "abc"],
    [
      "a content-encoding that says nothing",
      { "content-length": "3", "content-encoding": "Identity" },
      "3\r\n",
    ],
    ["a length with zeros before it", { "content-length": "003" }, "3\r\n"],
  ] as const
) {
  Deno.test(`framingOf() accepts ${what}`, () => {
    const framing = framingOf("GET", headOf(headers))!;
    assert.deepEqual(take(framing, [utf8("3\r\nabc\r\n0\r\n\r\n")]), { body: utf8(body), isOver: true });
  });
}

for (
  const [headers, problem] of [
    [{ "transfer-encoding": "gzip, chunked" }, /a transfer encoding other than chunked$/],
    [{ "transfer-encoding": "chunked, chunked" }, /a transfer encoding other than chunked$/],
    [{ "transfer-encoding": "identity" }, /a transfer encoding other than chunked$/],
    [{ "transfer-encoding": "" }, /a transfer encoding other than chunked$/],
    [{ "content-encoding": "gzip", "content-length": "3" }, /a compressed answer$/],
    ...["-1", "+1", "1.5", "0x1", "", "1, 1", "1, 2", "1 1", "9".repeat(16)].map((length) =>
      [{ "content-length": length }, /a content-length that is none$/] as const
    ),
  ] as [Record<string, string>, RegExp][]
) {
  Deno.test(`framingOf() refuses ${JSON.stringify(headers)}`, () =>
    assert.throws(() => framingOf("GET", headOf(headers)), (error: Error) => {
      assert(error instanceof FramingError);
      assert.match(error.message, problem);
      return true;
    }));
}

for (const [method, status] of [["GET", 204], ["GET", 205], ["GET", 304], ["HEAD", 200]] as const) {
  Deno.test(`framingOf() expects no body after ${status} to ${method}, whatever the headers say`, () => {
    const headers = { "content-length": "3", "content-encoding": "gzip", "transfer-encoding": "gzip" };
    assert.equal(framingOf(method, headOf(headers, status)), undefined);
  });
}
