/** Asks on a socket as the transport would, and sees to it that nothing is left behind. */

import assert from "node:assert/strict";
import type { LinkedAbort } from "../../lib/api/abort.ts";
import { SocketClient } from "../../lib/kube/http_socket.ts";
import type { Answer, WireRequest } from "../../lib/kube/wire.ts";
import { certificate } from "../support/certificates/mod.ts";
import { countListeners } from "../support/count_listeners.ts";
import { LoopbackServer, type Reply, type ServerOptions } from "../support/loopback_server.ts";
import { until } from "./harness.ts";

/** A life that the test ends, and that remembers being disposed of. */
export function testLife(): LinkedAbort & { disposed: number; readonly listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const life = {
    disposed: 0,
    signal,
    listeners: countListeners(signal),
    abort: (reason?: unknown) => controller.abort(reason),
    [Symbol.dispose]: () => void life.disposed++,
  };
  return life;
}

interface Asking extends Partial<WireRequest> {
  readonly life?: LinkedAbort;
  readonly client?: SocketClient;
  readonly beforeSending?: () => void;
}

/** Asks a server of that address, as the transport would. */
export function ask(
  url: string,
  { life = testLife(), client = new SocketClient(), beforeSending = () => {}, ...request }: Asking = {},
) {
  const tls = { ca: certificate("ca").cert, client: undefined };
  const toError = (error: unknown) => new Error(`told: ${error}`);
  return client.send(
    { url, method: "GET", headers: [], body: undefined, ...request },
    { headers: {}, tls },
    { origin: "the test", life, toError, beforeSending },
  );
}

/** Asks a server that answers with `reply`; whatever `test` does, no connection and no listener may be left. */
export async function asking(
  reply: Reply,
  test: (
    asked: Promise<Answer>,
    life: ReturnType<typeof testLife>,
    server: LoopbackServer,
  ) => Promise<void>,
  options: ServerOptions & Partial<WireRequest> = {},
): Promise<void> {
  const { tls, ...request } = options;
  await using server = await LoopbackServer.start([reply], tls === undefined ? {} : { tls });
  const life = testLife();
  const client = new SocketClient();
  await test(ask(`${server.url}/version`, { life, client, ...request }), life, server);
  client.close();
  await until(() => server.open === 0, "the connection is closed");
  assert.equal(life.listeners(), 0);
}
