/** The transport's connections: which calls share one, and what ends them. */

import assert from "node:assert/strict";
import { Transport } from "../../lib/kube/transport.ts";
import { LoopbackServer, type Reply } from "../support/loopback_server.ts";
import { settled } from "../support/manual_clock.ts";
import { json, silence, stream } from "../support/replies.ts";
import { connectionError, get, serving, TestCredentials, testOnWires, through, until } from "./harness.ts";
import { readerOf, toGet } from "../support/wire.ts";

testOnWires(
  "Transport sends short calls one after the other on one connection",
  (serving) =>
    serving([json({}), json({})], async (served) => {
      await (await get(served)).json();
      await (await get(served)).json();
      assert.equal(served.server.accepted, 1);
    }),
);

testOnWires(
  "Transport uses no connection again once a call was not answered in time",
  (serving) =>
    serving([stream(["a"], "frozen"), json({}), silence, json({})], async (served) => {
      const { server, controller } = served;
      // Two connections, one of which is idle when the other falls silent.
      const held = readerOf((await get(served)).body!);
      await held.read();
      await (await get(served)).json();
      await assert.rejects(get(served), connectionError("timeout", /no answer within 0\.3 s\.$/));
      await (await get(served)).json();
      assert.equal(
        server.requests.at(-1)!.connection,
        server.accepted - 1,
        "the last call has a new connection",
      );
      controller.abort();
      await assert.rejects(held.read());
    }, { headersTimeoutMs: 300 }),
);

const EMPTY: Reply = (wire) => wire.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

for (const isProxied of [false, true]) {
  Deno.test(`connect() gives connections of its own, and close() ends only those${through(isProxied)}`, () =>
    serving([stream(["a"], "frozen"), stream(["b"], "frozen"), json({})], async (served) => {
      const { transport, server } = served;
      const open = async () => {
        const connection = transport.connect();
        const response = await connection.fetch(served.signal)(toGet(transport.server));
        const reader = readerOf(response.body!);
        await reader.read();
        return { connection, next: reader.read().then(() => "more", (error) => error.message) };
      };
      const [first, second] = [await open(), await open()];
      await (await get(served)).json();
      assert.deepEqual(server.requests.map(({ connection }) => connection), [0, 1, 2]);

      first.connection.close();
      assert.match(await first.next, /was closed\.$/);
      await until(() => server.open === 2, "the first connection is closed");
      assert.equal(await Promise.race([second.next, settled().then(() => "still open")]), "still open");
      second.connection.close();
      assert.match(await second.next, /was closed\.$/);
      await until(() => server.open === 1, "the second connection is closed");
    }, { isProxied }));

  Deno.test(`close() refuses what is asked for after it, and sends none of it${through(isProxied)}`, () =>
    serving([], async (served) => {
      const connection = served.transport.connect();
      connection.close();
      connection.close();
      const asked = connection.fetch(served.signal)(toGet(served.transport.server));
      await assert.rejects(asked, connectionError("other", /was closed\.$/));
      assert.equal(served.server.accepted, 0);
    }, { isProxied }));
}

testOnWires(
  "A caller need not wait for credentials that take their time",
  (serving) =>
    serving([], async (served) => {
      served.credentials.access = () => new Promise(() => {});
      const refused = assert.rejects(get(served), { message: "enough" });
      served.controller.abort(new Error("enough"));
      await refused;
    }),
);

testOnWires(
  "close() ends a request that waits for its answer",
  (serving) =>
    serving([silence], async (served) => {
      const refused = assert.rejects(get(served), connectionError("other", /was closed\.$/));
      await until(() => served.server.requests.length === 1, "the request arrives");
      served.transport.close();
      await refused;
    }),
);

testOnWires(
  "close() ends the idle connections of short calls",
  (serving) =>
    serving([json({})], async (served) => {
      await (await get(served)).json();
      assert.equal(served.server.open, 1);
      served.transport.close();
      await until(() => served.server.open === 0, "the idle connection is closed");
    }),
);

Deno.test("connect() asks a server that was silent within TLS through the runtime's client, which lets go of it", async () => {
  await using server = await LoopbackServer.start([]);
  const credentials = new TestCredentials(server.url.replace("http:", "https:"));
  const transport = new Transport({ credentials, userAgent: "test", headersTimeoutMs: 100 });
  for (let round = 0; round < 3; round++) {
    const connection = transport.connect();
    const asked = connection.fetch(new AbortController().signal)(toGet(credentials.server));
    await assert.rejects(asked, connectionError("timeout", /no answer within 0\.1 s\.$/));
    connection.close();
  }
  await until(() => server.accepted === 3 && server.open <= 1, "all connections but the first are closed");
  transport.close();
});

testOnWires(
  "An answer of no length leaves no connection waiting for a reader",
  (serving) =>
    serving([EMPTY, EMPTY, EMPTY], async (served) => {
      for (let i = 0; i < 3; i++) await get(served);
      await until(() => served.server.open <= 1, "the connections are given back");
    }),
);
