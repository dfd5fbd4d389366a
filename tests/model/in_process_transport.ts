/** A transport that leads to a function in this process instead of through sockets. */

import { type LinkedAbort, linkedAbort } from "../../lib/api/abort.ts";
import { ConnectionError } from "../../lib/api/errors.ts";
import type { Credentials } from "../../lib/kube/credentials.ts";
import { type Connection, type Fetch, Transport } from "../../lib/kube/transport.ts";
import { type WireRequest } from "../../lib/kube/wire.ts";
import { toRequest } from "../support/wire.ts";

/** Answers a request; what it gives ends with its `life`. */
export type Ask = (request: Request, life: LinkedAbort) => Promise<Response>;

/** A transport without sockets. What it leaves out is tested where there are some. */
export class InProcessTransport extends Transport {
  readonly #credentials: Credentials;
  readonly #ask: Ask;

  constructor(credentials: Credentials, ask: Ask) {
    super({ credentials, userAgent: "kube-devops/test" });
    this.#credentials = credentials;
    this.#ask = ask;
  }

  override fetch(signal: AbortSignal): Fetch {
    return (request) => this.#send(request, linkedAbort(signal));
  }

  override connect(): Connection {
    const closed = new AbortController();
    return {
      fetch: (signal) => (request) => this.#send(request, linkedAbort(signal, closed.signal)),
      close: () => closed.abort(new ConnectionError("other", "closed")),
    };
  }

  async #send(asked: WireRequest, life: LinkedAbort): Promise<Response> {
    const { headers } = await this.#credentials.access();
    life.signal.throwIfAborted();
    const request = toRequest(asked);
    request.headers.set("authorization", String(headers.authorization));
    return await this.#ask(request, life);
  }
}
