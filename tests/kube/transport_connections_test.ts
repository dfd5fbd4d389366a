/** The transport's connections: which calls share one, and what ends them. */

import assert from "node:assert/strict";
import { Transport } from "../../lib/kube/transport.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { settled } from "../support/manual_clock.ts";
import { json, silence, stream } from "../support/replies.ts";
import { connectionError, get, serving, TestCredentials, testOnWires, through, until } from "./harness.ts";

Deno.test("Transport sends short calls one after the other on one connection", () =>
  serving([json({}), json({})], async (served) => {
    await (await get(served)).json();
    await (await get(served)).json();
    assert.equal(served.server.accepted, 1);
  }));

for (const isProxied of [false, true]) {
  Deno.test(`connect() gives connections of its own, and close() ends only those${through(isProxied)}`, () =>
    serving([stream(["a"], "frozen"), stream(["b"], "frozen"), json({})], async (served) => {
      const { transport, server } = served;
      const open = async () => {
        const connection = transport.connect();
        const response = await connection.fetch(served.signal)(new Request(transport.server));
        const reader = response.body!.getReader();
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
      const asked = connection.fetch(served.signal)(new Request(served.transport.server));
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
      served.connection.close();
      await refused;
    }),
);

Deno.test("close() ends the idle connections of short calls", () =>
  serving([json({})], async (served) => {
    await (await get(served)).json();
    assert.equal(served.server.open, 1);
    served.transport.close();
    await until(() => served.server.open === 0, "the idle connection is closed");
  }));

Deno.test("connect() asks a server that was silent within TLS through the runtime's client, which lets go of it", async () => {
  await using server = await LoopbackServer.start([]);
  const credentials = new TestCredentials(server.url.replace("http:", "https:"));
  const transport = new Transport({ credentials, userAgent: "test", headersTimeoutMs: 100 });
  for (let round = 0; round < 3; round++) {
    const connection = transport.connect();
    const asked = connection.fetch(new AbortController().signal)(new Request(credentials.server));
    await assert.rejects(asked, connectionError("timeout", /no answer within 0\.1 s\.$/));
    connection.close();
  }
  await until(() => server.accepted === 3 && server.open <= 1, "all connections but the first are closed");
  transport.close();
});

Deno.test("connect() goes back to sockets once the server has answered", () =>
  serving([silence, json({}), json({})], async (served) => {
    const { transport, signal, server } = served;
    for (let round = 0; round < 3; round++) {
      const connection = transport.connect();
      const asked = connection.fetch(signal)(new Request(transport.server));
      if (round === 0) await assert.rejects(asked, connectionError("timeout", /no answer/));
      else await (await asked).json();
      connection.close();
    }
    const sent = server.requests.map(({ headers }) => headers.get("connection"));
    assert.deepEqual(sent, ["close", null, "close"]);
  }, { headersTimeoutMs: 300 }));
