/** Which way requests take: sockets, unless there is a proxy or a handshake was never answered. */

import assert from "node:assert/strict";
import type { Access } from "../../lib/kube/credentials.ts";
import { Wires } from "../../lib/kube/wires.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { json } from "../support/replies.ts";
import { testLife } from "./ask_on_socket.ts";
import "./harness.ts";

const DIRECT: Access = { headers: {}, tls: { ca: undefined, client: undefined } };

/** Asks over `wires`, and says over which of them: the runtime's client is the one that asks for compression. */
async function wayOf(wires: Wires, server: LoopbackServer, access = DIRECT): Promise<string> {
  const request = { url: server.url, method: "GET", headers: [], body: undefined };
  const options = {
    origin: "the test",
    life: testLife(),
    toError: (error: unknown) => error,
    beforeSending: () => {},
  };
  await (await wires.send(request, access, options)).text();
  return server.requests.at(-1)!.headers.has("accept-encoding") ? "the runtime's client" : "a socket";
}

for (
  const [what, isProxied, proxy, way] of [
    ["a server that is reached directly", false, undefined, "a socket"],
    ["a server behind a proxy of the environment", true, undefined, "the runtime's client"],
    ["a server behind a proxy of the kubeconfig", false, "itself", "the runtime's client"],
  ] as const
) {
  Deno.test(`Wires ask ${what} over ${way}`, async () => {
    await using server = await LoopbackServer.start([json({})]);
    const wires = new Wires({ isProxied, handshakes: { areSilent: false } });
    const access = proxy === undefined ? DIRECT : { ...DIRECT, proxy: server.url };
    assert.equal(await wayOf(wires, server, access), way);
    wires.close();
  });
}

Deno.test("Wires whose server did not answer a handshake ask it over the runtime's client until it answers", async () => {
  await using server = await LoopbackServer.start([json({}), json({})]);
  const handshakes = { areSilent: true };
  const [first, second] = [1, 2].map(() => new Wires({ isProxied: false, handshakes }));
  assert.equal(await wayOf(first!, server), "the runtime's client");
  assert.equal(await wayOf(second!, server), "a socket");
  first!.close();
  second!.close();
});

Deno.test("Wires use a socket that is there, although somebody else's handshake was not answered", async () => {
  await using server = await LoopbackServer.start([json({}), json({})]);
  const handshakes = { areSilent: false };
  const wires = new Wires({ isProxied: false, handshakes });
  await wayOf(wires, server);
  handshakes.areSilent = true;
  assert.equal(await wayOf(wires, server), "a socket");
  assert.deepEqual(server.requests.map(({ connection }) => connection), [0, 0]);
  wires.close();
});
