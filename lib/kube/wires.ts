/** The two ways to send requests to one API server, and which of them to take. */

import { RuntimeClient } from "./http_client.ts";
import { type Handshakes, SocketClient } from "./http_socket.ts";
import type { Wire } from "./wire.ts";

/** How the server is reached. */
export interface WaysThere {
  /** Whether the runtime reaches it through a proxy that its environment names. */
  readonly isProxied: boolean;
  readonly handshakes: Handshakes;
}

/** Sockets, wherever they get there: only the runtime's client knows the ways of proxies. */
export class Wires {
  readonly #isProxied: boolean;
  readonly #handshakes: Handshakes;
  readonly #sockets: SocketClient;
  readonly #runtime = new RuntimeClient();

  constructor({ isProxied, handshakes }: WaysThere) {
    this.#isProxied = isProxied;
    this.#handshakes = handshakes;
    this.#sockets = new SocketClient(handshakes);
  }

  readonly send: Wire = async (request, access, options) => {
    const isDirect = !this.#isProxied && access.proxy === undefined;
    if (isDirect && (!this.#handshakes.areSilent || this.#sockets.has(access))) {
      return await this.#sockets.send(request, access, options);
    }
    const response = await this.#runtime.send(request, access, options);
    this.#handshakes.areSilent = false;
    return response;
  };

  /** Ends the connections that nobody uses. */
  close(): void {
    this.#sockets.close();
    this.#runtime.close();
  }
}
