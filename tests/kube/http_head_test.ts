/** Heads of HTTP/1.1 messages: what is sent holds nothing that nobody meant, and of what comes only sound heads are read. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { FramingError } from "../../lib/kube/http_framing.ts";
import { headEnd, readAnswerHead, toMessage } from "../../lib/kube/http_head.ts";
import type { WireRequest } from "../../lib/kube/wire.ts";
import { hostileText } from "../support/arbitraries.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Each character as the byte of its number. */
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function sent(request: Partial<WireRequest>): string {
  const url = "https://api.example:6443/version";
  return new TextDecoder().decode(
    toMessage({ url, method: "GET", headers: [], body: undefined, ...request }),
  );
}

Deno.test("toMessage() asks for path and query of the server", () =>
  assert.equal(
    sent({
      url: "https://api.example:6443/a%20b?watch=true&x=%26#y",
      headers: [["accept", "application/json"], ["impersonate-group", "a"], ["impersonate-group", "b, c"]],
    }),
    "GET /a%20b?watch=true&x=%26 HTTP/1.1\r\nhost: api.example:6443\r\n" +
      "accept: application/json\r\nimpersonate-group: a\r\nimpersonate-group: b, c\r\n\r\n",
  ));

Deno.test("toMessage() tells the length of a body in bytes", () =>
  assert.match(sent({ method: "PATCH", body: "ä – 漢" }), /^PATCH .*\r\ncontent-length: 10\r\n\r\nä – 漢$/s));

Deno.test("toMessage() tells the length of a body that is empty, and none without one", () => {
  assert.match(sent({ body: "" }), /\r\ncontent-length: 0\r\n\r\n$/);
  assert.doesNotMatch(sent({}), /content-length/);
});

for (
  const [url, host] of [
    ["https://api.example:443/", "api.example"],
    ["http://api.example:80/", "api.example"],
    ["http://api.example:443/", "api.example:443"],
    ["https://[FD00::1]:6443/", "[fd00::1]:6443"],
    ["https://bücher.example/", "xn--bcher-kva.example"],
  ] as const
) {
  Deno.test(`toMessage() names ${host} as the host of ${url}`, () =>
    assert.equal(/^host: (.*)$/m.exec(sent({ url }))?.[1], host));
}

for (
  const [name, value] of [
    ["authorization", "Bearer CANARY\r\nx-more: 1"],
    ["authorization", "Bearer CANARY\nx"],
    ["authorization", "CANARY\0"],
    ["authorization", "漢CANARY"],
    ["x: CANARY\r\ny", "1"],
    ["x CANARY", "1"],
    ["", "CANARY"],
  ] as const
) {
  Deno.test(`toMessage() sends no header ${JSON.stringify(`${name}: ${value}`)}, and repeats nothing of it`, () =>
    assert.throws(() => sent({ headers: [["accept", "x"], [name, value]] }), (error) => {
      assert(error instanceof TypeError);
      assert.doesNotMatch(Deno.inspect(error), /CANARY/);
      return true;
    }));
}

Deno.test("toMessage() sends as many lines as there are headers, whatever the address and the headers hold", () =>
  fc.assert(
    fc.property(hostileText, hostileText, hostileText, (path, name, value) => {
      const url = URL.parse(`https://api.example/${path}`)?.href;
      fc.pre(url !== undefined);
      let message: string;
      try {
        message = sent({ url, headers: [[name, value]] });
      } catch (error) {
        return assert(error instanceof TypeError);
      }
      const lines = message.split(/\r\n|\r|\n/);
      assert.match(lines[0]!, /^GET \/[\x21-\x7e]* HTTP\/1\.1$/);
      assert.deepEqual(lines.slice(1), [
        "host: api.example",
        `${name}: ${value}`,
        "",
        "",
      ]);
    }),
  ));

for (
  const [what, head, isLasting] of [
    ["HTTP/1.1", "HTTP/1.1 200 OK", true],
    ["HTTP/1.0", "HTTP/1.0 200 OK", false],
    ["a connection that will close", "HTTP/1.1 200 OK\r\nConnection: x, Close", false],
    ["a connection that stays", "HTTP/1.1 200 OK\r\nconnection: keep-alive", true],
    ["a length and chunks", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked", false],
  ] as const
) {
  Deno.test(`readAnswerHead() says of ${what} whether another answer may follow`, () =>
    assert.equal(readAnswerHead(new TextEncoder().encode(`${head}\r\n\r\n`)).isLasting, isLasting));
}

for (const end of ["\r\n\r\n", "\n\n", "\r\n\n", "\n\r\n"]) {
  Deno.test(`headEnd() finds ${JSON.stringify(end)} wherever the bytes are cut`, () => {
    const head = utf8(`HTTP/1.1 200 OK\r\na: b\nc:${end}`);
    const bytes = new Uint8Array([...head, ...utf8("\r\n\r\n{}\n\n")]);
    assert.equal(headEnd(bytes), head.length);
    for (let searched = 0; searched < head.length; searched++) {
      assert.equal(headEnd(bytes.subarray(0, searched)), undefined);
      assert.equal(headEnd(bytes, searched), head.length);
    }
  });
}

Deno.test("readAnswerHead() reads status, reason and headers, several of one name together", () => {
  const { status, statusText, headers } = readAnswerHead(
    utf8(
      "HTTP/1.1 404 Not Found\r\nContent-Type:application/json\r\nwarning: 1\nWarning: \t2 \r\nempty:\r\n\r\n",
    ),
  );
  assert.deepEqual({ status, statusText }, { status: 404, statusText: "Not Found" });
  assert.deepEqual([...headers], [["content-type", "application/json"], ["empty", ""], ["warning", "1, 2"]]);
});

for (
  const [line, status, statusText] of [
    ["HTTP/1.0 200 OK", 200, "OK"],
    ["HTTP/1.1 200 ", 200, ""],
    ["HTTP/1.1 200", 200, ""],
    ["HTTP/1.1 100 Continue", 100, "Continue"],
    ["HTTP/1.1 599 \x80\x93\xff", 599, "\x80\x93\xff"],
  ] as const
) {
  Deno.test(`readAnswerHead() accepts ${JSON.stringify(line)}`, () => {
    const head = readAnswerHead(latin1(`${line}\r\n\r\n`));
    assert.deepEqual([head.status, head.statusText], [status, statusText]);
    if (status >= 200) assert.equal(new Response(null, head).statusText, statusText);
  });
}

Deno.test("readAnswerHead() keeps the bytes of a value that are no ASCII", () =>
  assert.equal(
    readAnswerHead(latin1("HTTP/1.1 200 OK\r\na: \x80\x93\xff\r\n\r\n")).headers.get("a"),
    "\x80\x93\xff",
  ));

for (
  const [what, head, words] of [
    ["nothing", "\r\n", /no HTTP\/1\.1$/],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n", /no HTTP\/1\.1$/],
    ["another version", "HTTP/2.0 200 OK\r\n", /no HTTP\/1\.1$/],
    ["a version of more digits", "HTTP/1.10 200 OK\r\n", /no HTTP\/1\.1$/],
    ["small letters", "http/1.1 200 OK\r\n", /no HTTP\/1\.1$/],
    ["a status of two digits", "HTTP/1.1 20 OK\r\n", /no HTTP\/1\.1$/],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n", /no HTTP\/1\.1$/],
    ["a status that does not exist", "HTTP/1.1 600 OK\r\n", /no HTTP\/1\.1$/],
    ["a carriage return in the reason", "HTTP/1.1 200 O\rK\r\n", /no HTTP\/1\.1$/],
    ["a line before the first", "\r\nHTTP/1.1 200 OK\r\n", /no HTTP\/1\.1$/],
    ["a field without a colon", "HTTP/1.1 200 OK\r\nabc\r\n", /a field that is none$/],
    ["a field without a name", "HTTP/1.1 200 OK\r\n: b\r\n", /a field that is none$/],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\na : b\r\n", /a field that is none$/],
    ["a field that is continued", "HTTP/1.1 200 OK\r\na: b\r\n c: d\r\n", /a field that is none$/],
    ["a zero in a value", "HTTP/1.1 200 OK\r\na: b\0c\r\n", /a field that is none$/],
    ["a carriage return in a value", "HTTP/1.1 200 OK\r\na: b\rc: d\r\n", /a field that is none$/],
    ["a name that is not ASCII", "HTTP/1.1 200 OK\r\n\xe4: b\r\n", /a field that is none$/],
    [
      "chunks in HTTP/1.0",
      "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n",
      /a transfer encoding, which HTTP\/1\.0 does not have$/,
    ],
  ] as const
) {
  Deno.test(`readAnswerHead() refuses ${what}`, () =>
    assert.throws(() => readAnswerHead(latin1(`${head}\r\n`)), (error) => {
      assert(error instanceof FramingError);
      assert.match(error.message, words);
      return true;
    }));
}

Deno.test("readAnswerHead() ends whatever bytes come, in a head that makes a response or in a framing error", () => {
  const part = fc.oneof(
    fc.constantFrom("HTTP/1.1 200 ", "HTTP/1.0 503", "\r\n", "\n", "\r", "a: b", ":", " "),
    fc.string({ unit: fc.nat(255).map((byte) => String.fromCharCode(byte)), maxLength: 4 }),
  );
  const anyHead = fc.tuple(fc.constantFrom("HTTP/1.1 200 ", ""), fc.array(part, { maxLength: 12 }));
  fc.assert(
    fc.property(anyHead, ([first, parts]) => {
      try {
        const head = readAnswerHead(latin1(first + parts.join("")));
        if (head.status >= 200) new Response(null, head);
      } catch (error) {
        assert(error instanceof FramingError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
