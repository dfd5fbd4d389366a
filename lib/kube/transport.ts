/** HTTP to one API server: credentials on, timers around, redirects off, errors told in our own terms. */

import { type LinkedAbort, linkedAbort, unlessAborted } from "../api/abort.ts";
import { ConnectionError, CredentialsError } from "../api/errors.ts";
import type { Fence } from "../api/ports.ts";
import type { Access, Credentials } from "./credentials.ts";
import type { Handshakes } from "./http_socket.ts";
import { toConnectionError } from "./network_errors.ts";
import { readRefusal, withoutSecret } from "./refusals.ts";
import type { Answer, WireRequest } from "./wire.ts";
import { Wires } from "./wires.ts";

/** Sends one request. */
export type Fetch = (request: WireRequest) => Promise<Answer>;

/** Connections that calls share, or a watch has for itself. */
export interface Connection {
  /**
   * A `fetch` whose requests, and the bodies of their answers, end when `signal` aborts. None is sent unless `fence` holds:
   * it is asked last, after a credential plugin that took its time, and again for a second try with a new token.
   */
  fetch(signal: AbortSignal, fence?: Fence): Fetch;
  /** Ends all that is under way, and refuses all that comes. */
  close(): void;
}

/** How a transport behaves. */
export interface TransportOptions {
  readonly credentials: Credentials;
  /** Sent as `user-agent`. */
  readonly userAgent: string;
  /** Whether the runtime reaches the server through a proxy that its environment names. */
  readonly isProxied?: boolean;
  /** How long to wait for an answer to begin; milliseconds. */
  readonly headersTimeoutMs?: number;
}

/** How long to wait for the headers of an answer: `fetch` itself would wait for ever. */
const HEADERS_TIMEOUT_MS = 10_000;

/** One attempt to send a request. */
interface Attempt {
  readonly life: LinkedAbort;
  readonly fence: Fence | undefined;
}

/** The connections to one API server. */
export class Transport {
  readonly #credentials: Credentials;
  readonly #userAgent: string;
  readonly #isProxied: boolean;
  readonly #headersTimeoutMs: number;
  readonly #shared: Connection;
  /** Of a socket within a handshake that is never answered the runtime does not let go, as its client does. */
  readonly #handshakes: Handshakes = { areSilent: false };

  constructor(
    { credentials, userAgent, isProxied = false, headersTimeoutMs = HEADERS_TIMEOUT_MS }: TransportOptions,
  ) {
    this.#credentials = credentials;
    this.#userAgent = userAgent;
    this.#isProxied = isProxied;
    this.#headersTimeoutMs = headersTimeoutMs;
    this.#shared = this.connect();
  }

  get server(): string {
    return this.#credentials.server;
  }

  /** Sends requests on the connections that all short calls share; see {@linkcode Connection.fetch}. */
  fetch(signal: AbortSignal, fence?: Fence): Fetch {
    return this.#shared.fetch(signal, fence);
  }

  /** Connections of their own: frozen ones can be thrown away without touching anybody else's. */
  connect(): Connection {
    const wires = new Wires({ isProxied: this.#isProxied, handshakes: this.#handshakes });
    // Closing wires ends their idle connections only.
    const closed = new AbortController();
    const send = async (request: WireRequest, signal: AbortSignal, fence: Fence | undefined) => {
      const known = this.#credentials.access();
      // A plugin may take its time.
      const access = known instanceof Promise ? await unlessAborted(known, signal) : known;
      closed.signal.throwIfAborted();
      const life = linkedAbort(signal, closed.signal);
      return { access, response: await this.#send(request, access, wires, { life, fence }) };
    };
    return {
      fetch: (signal, fence) => async (request) => {
        const { access, response } = await send(request, signal, fence);
        if (response.status !== 401) return response;
        // A rotated token is rejected before its file is looked at again; a second rejection is meant.
        await response.body?.cancel();
        this.#credentials.rejected(access);
        return (await send(request, signal, fence)).response;
      },
      close: () => {
        const message = `The connection to the API server at ${this.server} was closed.`;
        closed.abort(new ConnectionError("other", message));
        wires.close();
      },
    };
  }

  close(): void {
    this.#shared.close();
  }

  /** Sends one request over `wires`, whose `life` ends with the answer's body. */
  async #send(
    request: WireRequest,
    access: Access,
    wires: Wires,
    { life, fence }: Attempt,
  ): Promise<Answer> {
    const seconds = this.#headersTimeoutMs / 1000;
    const late = `Cannot reach the API server at ${this.server}: no answer within ${seconds} s.`;
    const timer = setTimeout(() => {
      life.abort(new ConnectionError("timeout", late));
      // Those that nobody uses lead to the same silence, and would be tried next.
      wires.close();
    }, this.#headersTimeoutMs);
    const toError = (error: unknown) => toConnectionError(error, address(this.server, access));
    const beforeSending = () => {
      try {
        fence?.assertFresh();
      } catch (error) {
        life.abort(error);
        throw error;
      }
    };
    try {
      const own = Object.entries({ ...access.headers, "user-agent": this.#userAgent });
      const names = own.map(([name]) => name.toLowerCase());
      const headers = [
        ...request.headers.filter(([name]) => !names.includes(name)),
        ...own.flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const)),
      ];
      const { origin } = this.#credentials;
      const response = await wires.send({ ...request, headers }, access, {
        origin,
        life,
        toError,
        beforeSending,
      });
      const { ok, status, statusText, body } = response;
      if (ok || body === null) return response;
      const refusal = withoutSecret(await readRefusal(body), access.headers.authorization);
      return new Response(refusal, { status, statusText, headers: response.headers });
    } catch (error) {
      life[Symbol.dispose]();
      if (life.signal.aborted) throw life.signal.reason;
      throw error instanceof CredentialsError ? error : toError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The server as an error names it; of a proxy its host alone, since its URL may hold a password. */
function address(server: string, { proxy }: Access): string {
  return proxy === undefined ? server : `${server} through the proxy ${URL.parse(proxy)?.host}`;
}
