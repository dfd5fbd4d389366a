/** Requests on sockets: what is sent, and every kind of answer, cut wherever it may be. */

import assert from "node:assert/strict";
import type { ByteReader } from "../../lib/kube/body_buffer.ts";
import { LoopbackServer, type Reply } from "../support/loopback_server.ts";
import { ask, asking } from "./ask_on_socket.ts";
import { readerOf } from "../support/wire.ts";

/** Sends exactly that, and leaves the connection open. */
const exactly = (...parts: readonly (string | Uint8Array)[]): Reply => (wire) => parts.forEach(wire.write);

/** Sends that one byte at a time, each on its own. */
const byteByByte = (text: string): Reply => async (wire) => {
  for (const byte of new TextEncoder().encode(text)) {
    wire.write(Uint8Array.of(byte));
    await new Promise((resolve) => setImmediate(resolve));
  }
};

const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

for (
  const [what, answer, body] of [
    ["with a length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "hello"],
    ["in chunks", `${CHUNKED}3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\na: b\r\n\r\n`, "hello"],
    ["in no chunks", `${CHUNKED}0\r\n\r\n`, ""],
    [
      "with a length and in chunks, which count",
      "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "hello",
    ],
    [
      "after interim ones",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
      "hello",
    ],
    [
      "with more behind it, which nobody asked for",
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad",
      "hello",
    ],
    ["in chunks with more behind them", `${CHUNKED}5\r\nhello\r\n0\r\n\r\nHTTP/1.1 403 No\r\n\r\n`, "hello"],
    ["with lines that end in line feeds", "HTTP/1.1 200 OK\ncontent-length: 5\n\nhello", "hello"],
  ] as const
) {
  for (const [how, reply] of [["at once", exactly(answer)], ["byte by byte", byteByByte(answer)]] as const) {
    Deno.test(`A request on a socket reads an answer ${what}, sent ${how}`, () =>
      asking(reply, async (asked, life) => {
        const response = await asked;
        assert.equal(life.disposed, 0);
        assert.equal(response.status, 200);
        assert.equal(await response.text(), body);
        assert.equal(life.disposed, 1);
      }));
  }
}

for (const tls of [undefined, { certificate: "server" }] as const) {
  const over = tls === undefined ? "" : " over TLS";
  Deno.test(`A request on a socket reads an answer of HTTP/1.0 until its connection ends${over}`, () =>
    asking(
      (wire) => (wire.write("HTTP/1.0 200 OK\r\n\r\nhello"), wire.end()),
      async (asked) => assert.equal(await (await asked).text(), "hello"),
      { ...(tls && { tls }) },
    ));

  for (
    const [what, answer] of [["a length", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"], [
      "chunks",
      `${CHUNKED}9\r\n`,
    ]]
  ) {
    Deno.test(`A request on a socket holds the early end of a body with ${what} for no end${over}`, () =>
      asking(
        (wire) => (wire.write(`${answer}hello`), wire.end()),
        async (asked, life) => {
          const reader = readerOf((await asked).body!);
          assert.equal(new TextDecoder().decode((await reader.read()).value), "hello");
          await assert.rejects(reader.read(), /^Error: told: TypeError: connection closed within the body$/);
          assert.equal(life.disposed, 1);
        },
        { ...(tls && { tls }) },
      ));
  }
}

Deno.test("A request on a socket holds a TCP connection that ends within TLS for no end of a body", () =>
  asking(
    (wire) => (wire.write("HTTP/1.0 200 OK\r\n\r\nhello"), setTimeout(wire.reset, 30)),
    async (asked) => await assert.rejects((await asked).text(), /^Error: told: /),
    { tls: { certificate: "server" } },
  ));

for (const status of [204, 205, 304]) {
  Deno.test(`A request on a socket gives a ${status} at once, without a body`, () =>
    asking(exactly(`HTTP/1.1 ${status} Fine\r\ncontent-length: 3\r\n\r\n`), async (asked, life) => {
      const { status: given, body } = await asked;
      assert.deepEqual([given, body], [status, null]);
      assert.equal(life.disposed, 1);
    }));
}

Deno.test("A request on a socket gives an answer of no length at once, without a body", () =>
  asking(exactly("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), async (asked, life) => {
    assert.equal((await asked).body, null);
    assert.equal(life.disposed, 1);
  }));

Deno.test("A request on a socket expects no body of an answer to HEAD", () =>
  asking(exactly("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n"), async (asked) => {
    assert.equal((await asked).body, null);
  }, { method: "HEAD" }));

const field = (bytes: number) => `a: ${"x".repeat(bytes - 5)}\r\n`;
const headOf = (bytes: number) => {
  const rest = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n" + "\r\n";
  return rest.replace(/\r\n\r\n$/, `\r\n${field(bytes - rest.length)}\r\n`);
};

Deno.test("A request on a socket reads a head of 64 KiB", () =>
  asking(exactly(`${headOf(64 * 1024)}ok`), async (asked) => assert.equal(await (await asked).text(), "ok")));

for (
  const [what, answer, words] of [
    ["a head of more than 64 KiB", `${headOf(64 * 1024 + 1)}ok`, /: a head without an end$/],
    ["a head that never ends", "HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(20_000), /: a head without an end$/],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n", /: another protocol$/],
    ["something that is no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", /: something that is no HTTP\/1\.1$/],
    ["a compressed answer", "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n", /: a compressed answer$/],
    ["a redirect, wherever to", "HTTP/1.1 307 There\r\ncontent-length: 0\r\n\r\n", /^TypeError: redirect$/],
  ] as const
) {
  Deno.test(`A request on a socket refuses ${what}`, () =>
    asking(exactly(answer), async (asked) => {
      await assert.rejects(asked, words);
    }));
}

Deno.test("A request on a socket gives what came of a body before chunks that are none, and then says so", () =>
  asking(exactly(`${CHUNKED}5\r\nhello\r\nworld`), async (asked, life) => {
    const reader = readerOf((await asked).body!);
    assert.equal(new TextDecoder().decode((await reader.read()).value), "hello");
    await assert.rejects(reader.read(), /told: FramingError: .*: a chunk without a size$/);
    assert.equal(life.disposed, 1);
  }));

Deno.test("A request on a socket reads a short head that comes with the end of a long interim one", () =>
  asking((wire) => {
    wire.write(`HTTP/1.1 103 Early Hints\r\n${field(500)}`);
    setTimeout(wire.write, 30, "\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
  }, async (asked) => assert.equal(await (await asked).text(), "ok")));

Deno.test("A request on a socket fills whatever buffer its reader brings, and gives it back at the end", () =>
  asking(exactly(`${CHUNKED}5\r\nhel`, "lo\r\n0\r\n\r\n"), async (asked) => {
    const reader = (await asked).body as ByteReader;
    let text = "";
    let buffer = new Uint8Array(2);
    for (;;) {
      const { done, value } = await reader.read(buffer);
      assert.equal(value!.buffer.byteLength, 2);
      if (done) break;
      text += new TextDecoder().decode(value);
      buffer = new Uint8Array(value!.buffer);
    }
    assert.equal(text, "hello");
  }));

Deno.test("An answer on a socket says by its status whether it is one that was hoped for", async () => {
  for (const [status, ok] of [[200, true], [299, true], [300, false], [404, false], [500, false]] as const) {
    const answer = `HTTP/1.1 ${status} So\r\ncontent-length: 2\r\n\r\n{}`;
    await asking(exactly(answer), async (asked) => {
      const { ok: given, statusText } = await asked;
      assert.deepEqual([given, statusText], [ok, "So"]);
      assert.deepEqual(await (await asked).json(), {});
    });
  }
});

Deno.test("A request on a socket gives up an answer of more than 16 MiB, where it is wanted as a whole", () => {
  const length = 16 * 1024 * 1024 + 1;
  const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n`;
  return asking(exactly(answer, new Uint8Array(length)), async (asked, life) => {
    await assert.rejects((await asked).text(), {
      name: "ConnectionError",
      message: "The API server answered with more than 16 MiB.",
    });
    assert.equal(life.disposed, 1);
  });
});

Deno.test("A request on a socket sends several headers of one name as several, and the body after them", () =>
  asking(exactly("HTTP/1.1 204 Fine\r\n\r\n"), async (asked, _, server) => {
    await asked;
    const [request] = server.requests;
    const lines = ["content-length: 3", "impersonate-group: a", "impersonate-group: b"];
    assert.deepEqual(request?.lines, [`host: 127.0.0.1:${server.port}`, ...lines]);
    assert.equal(request.body, "漢");
  }, { method: "POST", body: "漢", headers: [["impersonate-group", "a"], ["impersonate-group", "b"]] }));

Deno.test("A request on a socket sends a body that does not fit into one packet", () => {
  const body = "漢".repeat(1_000_000);
  return asking(exactly("HTTP/1.1 204 Fine\r\n\r\n"), async (asked, _, server) => {
    await asked;
    assert.equal(server.requests[0]?.body, body);
  }, { method: "POST", body });
});

Deno.test("A request on a socket is not kept waiting until the handshake is acknowledged", async () => {
  const asks = 5;
  const reply = exactly("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  await using server = await LoopbackServer.start(new Array(asks).fill(reply), {
    tls: { certificate: "server" },
  });
  const took: number[] = [];
  for (let i = 0; i < asks; i++) {
    let sentAt = NaN;
    await ask(server.url, { beforeSending: () => sentAt = performance.now() });
    took.push(performance.now() - sentAt);
  }
  // Systems put off what they acknowledge by 40 ms; the least of several, as the machine may be busy otherwise.
  assert(Math.min(...took) < 20, `${took.map(Math.round)} ms`);
});
