/** Requests on sockets that are given up: whenever that is, nothing is left behind. */

import assert from "node:assert/strict";
import { LoopbackServer } from "../support/loopback_server.ts";
import { silence, stream } from "../support/replies.ts";
import { ask, asking, testLife } from "./ask_on_socket.ts";
import { until } from "./harness.ts";
import { readerOf } from "../support/wire.ts";

Deno.test("A request on a socket does not connect for a header that cannot be sent", async () => {
  await using server = await LoopbackServer.start([]);
  await assert.rejects(ask(server.url, { headers: [["a", "b\r\nc: d"]] }), /header that cannot be sent$/);
  assert.equal(server.accepted, 0);
});

Deno.test("A request on a socket connects to an IPv6 address", async () => {
  await using server = Deno.serve(
    { hostname: "::1", port: 0, onListen() {} },
    (request) => new Response(request.headers.get("host")),
  );
  const host = `[::1]:${server.addr.port}`;
  assert.equal(await (await ask(`http://${host}/`)).text(), host);
});

Deno.test("A request on a socket of a life that is over does not connect", async () => {
  await using server = await LoopbackServer.start([]);
  const life = testLife();
  life.abort("too late");
  await assert.rejects(ask(server.url, { life }), (error) => error === "too late");
  assert.equal(server.accepted, 0);
});

Deno.test("A request on a socket lets go of a connection that comes after the abort", async () => {
  await using server = await LoopbackServer.start([]);
  const life = testLife();
  const asked = assert.rejects(ask(server.url, { life }), (error) => error === "enough");
  life.abort("enough");
  await asked;
  await until(() => server.accepted === 1 && server.open === 0, "the late connection is closed");
  assert.equal(life.listeners(), 0);
});

Deno.test("A request on a socket hears an abort that comes between the connection and the request", async () => {
  const life = testLife();
  const { signal } = life;
  const remove = signal.removeEventListener.bind(signal);
  // The first to stop listening is who waited for the connection.
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    remove(...args);
    life.abort("in between");
  };
  await using server = await LoopbackServer.start([]);
  await assert.rejects(ask(server.url, { life }), (error) => error === "in between");
  await until(() => server.accepted === 1 && server.open === 0, "the connection is closed");
  assert.equal(life.listeners(), 0);
});

Deno.test("A request on a socket gives up a TLS handshake that the other side does not answer", async () => {
  await using server = await LoopbackServer.start([]);
  const life = testLife();
  const asked = assert.rejects(ask(server.url.replace("http:", "https:"), { life }));
  await until(() => server.open === 1, "the connection is there");
  life.abort("enough");
  await asked;
  assert.equal(life.listeners(), 0);
});

Deno.test("A request on a socket ends its connection when it is given up before the answer", () =>
  asking(silence, async (asked, life, server) => {
    // Of what was closed twice, the runtime would say BadResource.
    const refused = assert.rejects(asked, { name: "Interrupted" });
    await until(() => server.requests.length === 1, "the request arrives");
    life.abort("enough");
    await refused;
  }));

for (const tls of [undefined, { certificate: "server" }] as const) {
  const over = tls === undefined ? "" : " over TLS";
  Deno.test(`A body on a socket breaks with the reason of an abort while it is read${over}`, () =>
    asking(stream(["first"], "frozen"), async (asked, life) => {
      const reader = readerOf((await asked).body!);
      await reader.read();
      const next = assert.rejects(reader.read(), (error) => error === "idle");
      life.abort("idle");
      life.abort("again");
      await next;
      assert.equal(life.disposed, 1);
    }, { ...(tls && { tls }) }));

  Deno.test(`A body on a socket breaks with the reason of an abort while nobody reads${over}`, () =>
    asking(stream(["first"], "frozen"), async (asked, life) => {
      const { body } = await asked;
      life.abort("idle");
      await assert.rejects(readerOf(body!).read(), (error) => error === "idle");
      assert.equal(life.disposed, 1);
    }, { ...(tls && { tls }) }));

  Deno.test(`A body on a socket lets go of its connection when its reader gives up, waiting or not${over}`, async () => {
    for (const isWaiting of [false, true]) {
      await asking(stream(["first"], "frozen"), async (asked, life) => {
        const reader = readerOf((await asked).body!);
        await reader.read();
        const next = isWaiting ? reader.read() : undefined;
        await reader.cancel();
        assert.equal((await next)?.done ?? true, true);
        assert.equal(life.disposed, 1);
        life.abort("later");
      }, { ...(tls && { tls }) });
    }
  });
}
