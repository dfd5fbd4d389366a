/** Sockets that are used again: only when it is sure where the next answer begins, and that somebody still listens. */

import assert from "node:assert/strict";
import { SocketClient } from "../../lib/kube/http_socket.ts";
import { LoopbackServer, type Reply } from "../support/loopback_server.ts";
import { ask, testLife } from "./ask_on_socket.ts";
import { until } from "./harness.ts";

/** Sends exactly that, and leaves the connection open. */
const exactly = (answer: string): Reply => (wire) => wire.write(answer);

const HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
const ANOTHER = "HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n";

/** Asks twice, one after the other, and says whether both went over the same connection. */
async function areOnOne(first: string, options: { readonly tls?: boolean; readonly method?: string } = {}) {
  const { tls = false, method = "GET" } = options;
  await using server = await LoopbackServer.start(
    [exactly(first), exactly(HELLO)],
    tls ? { tls: { certificate: "server" } } : {},
  );
  const client = new SocketClient();
  await (await ask(server.url, { client, method })).text();
  assert.equal(await (await ask(server.url, { client })).text(), "hello");
  const [a, b] = server.requests.map(({ connection }) => connection);
  client.close();
  await until(() => server.open === 0, "the idle connections are closed");
  return a === b;
}

for (
  const [what, answer, method] of [
    ["of a length", HELLO, "GET"],
    ["of length 0", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "GET"],
    ["in chunks", CHUNKED, "GET"],
    ["without a body", "HTTP/1.1 204 Fine\r\n\r\n", "GET"],
    ["to HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", "HEAD"],
  ] as const
) {
  for (const tls of [false, true]) {
    Deno.test(`A socket is used again after an answer ${what}${tls ? " over TLS" : ""}`, async () =>
      assert(await areOnOne(answer, { method, tls })));
  }
}

for (
  const [what, answer] of [
    ["that announces its end", HELLO.replace("OK\r\n", "OK\r\nconnection: close\r\n")],
    ["of HTTP/1.0", HELLO.replace("1.1", "1.0")],
    ["of a length that has another behind it", HELLO + ANOTHER],
    ["in chunks that has another behind it", CHUNKED + ANOTHER],
    ["without a body that has one all the same", "HTTP/1.1 204 Fine\r\n\r\nhello"],
    ["of two minds about its length", CHUNKED.replace("OK\r\n", "OK\r\ncontent-length: 15\r\n")],
  ] as const
) {
  Deno.test(`A socket is not used again after an answer ${what}`, async () =>
    assert.equal(await areOnOne(answer), false));
}

for (
  const [what, after] of [
    ["ends", (wire) => wire.end()],
    ["breaks", (wire) => wire.reset()],
    ["brings what nobody asked for", (wire) => wire.write(ANOTHER)],
  ] as readonly (readonly [string, Reply])[]
) {
  Deno.test(`An idle socket that ${what} is let go`, async () => {
    const { promise: asked, resolve: goOn } = Promise.withResolvers<void>();
    const reply: Reply = (wire, request) => {
      wire.write(HELLO);
      asked.then(() => after(wire, request));
    };
    await using server = await LoopbackServer.start([reply, exactly(HELLO)]);
    const client = new SocketClient();
    await (await ask(server.url, { client })).text();
    assert.equal(server.open, 1);
    goOn();
    await until(() => server.open === 0, "the idle connection is closed");
    assert.equal(await (await ask(server.url, { client })).text(), "hello");
    client.close();
  });
}

Deno.test("One idle socket that leads nowhere is reason enough to use none of the others", async () => {
  const answers = Promise.withResolvers<void>();
  const reply: Reply = (wire) => void answers.promise.then(() => wire.write(HELLO));
  const reset: Reply = (wire) => wire.reset();
  await using server = await LoopbackServer.start([reply, reply, reply, reset, exactly(HELLO)]);
  const client = new SocketClient();
  const asked = [1, 2, 3].map(() => ask(server.url, { client, life: testLife() }));
  await until(() => server.requests.length === 3, "all requests are there");
  answers.resolve();
  for (const answer of await Promise.all(asked)) await answer.text();
  await assert.rejects(ask(server.url, { client }));
  assert.equal(await (await ask(server.url, { client })).text(), "hello");
  assert.equal(server.accepted, 4);
  client.close();
});

Deno.test("A socket whose body was given up is not used again", async () => {
  await using server = await LoopbackServer.start([exactly(HELLO), exactly(HELLO)]);
  const client = new SocketClient();
  await (await ask(server.url, { client })).body!.cancel();
  await (await ask(server.url, { client })).text();
  assert.deepEqual(server.requests.map(({ connection }) => connection), [0, 1]);
  client.close();
});

Deno.test("What is thrown before sending is thrown in place of it, and leaves no connection", async () => {
  await using server = await LoopbackServer.start([]);
  const beforeSending = () => {
    throw new Error("lost");
  };
  await assert.rejects(ask(server.url, { beforeSending }), { message: "lost" });
  await until(() => server.accepted === 1 && server.open === 0, "the connection is closed");
});

Deno.test("Requests at the same time have connections of their own, sixteen of which stay", async () => {
  const answers = Promise.withResolvers<void>();
  const reply: Reply = (wire) => void answers.promise.then(() => wire.write(HELLO));
  await using server = await LoopbackServer.start(Array.from({ length: 20 }, () => reply));
  const client = new SocketClient();
  const asked = Array.from({ length: 20 }, () => ask(server.url, { client, life: testLife() }));
  await until(() => server.requests.length === 20, "all requests are there");
  answers.resolve();
  for (const answer of await Promise.all(asked)) await answer.text();
  await until(() => server.open === 16, "four connections are closed");
  client.close();
});
