/** HTTP to one API server: credentials on, timers around, redirects off, errors told in our own terms. */

import { type LinkedAbort, linkedAbort, unlessAborted } from "../api/abort.ts";
import { ConnectionError, CredentialsError } from "../api/errors.ts";
import type { Access, Credentials } from "./credentials.ts";
import { RuntimeClient } from "./http_client.ts";
import { askOnSocket } from "./http_socket.ts";
import { toConnectionError } from "./network_errors.ts";
import type { Wire, WireRequest } from "./wire.ts";

/** Sends one request; what `openapi-fetch` calls. */
export type Fetch = (request: Request) => Promise<Response>;

/** Connections that calls share, or a watch has for itself. */
export interface Connection {
  /** A `fetch` whose requests, and the bodies of their answers, end when `signal` aborts. */
  fetch(signal: AbortSignal): Fetch;
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

/** A token shorter than this is none, and may be part of any word. */
const MIN_SECRET_LENGTH = 8;
const STAR = 0x2a;

/** The connections to one API server. */
export class Transport {
  readonly #credentials: Credentials;
  readonly #userAgent: string;
  readonly #isProxied: boolean;
  readonly #headersTimeoutMs: number;
  readonly #shared: Connection;
  /**
   * Whether the last that was heard of the server is nothing. Of a socket within a TLS handshake that is never answered the
   * runtime does not let go, as its client does: one in a row is enough.
   */
  #isSilent = false;

  constructor(
    { credentials, userAgent, isProxied = false, headersTimeoutMs = HEADERS_TIMEOUT_MS }: TransportOptions,
  ) {
    this.#credentials = credentials;
    this.#userAgent = userAgent;
    this.#isProxied = isProxied;
    this.#headersTimeoutMs = headersTimeoutMs;
    this.#shared = this.#connection((client) => client.send);
  }

  get server(): string {
    return this.#credentials.server;
  }

  /** Sends requests on the connections that all short calls share; see {@linkcode Connection.fetch}. */
  fetch(signal: AbortSignal): Fetch {
    return this.#shared.fetch(signal);
  }

  /** Opens connections of their own: a frozen watch can be thrown away without touching anybody else's. */
  connect(): Connection {
    // Only the runtime's client knows the ways of proxies.
    return this.#connection((client, { proxy }) =>
      this.#isProxied || this.#isSilent || proxy !== undefined ? client.send : askOnSocket
    );
  }

  close(): void {
    this.#shared.close();
  }

  #connection(wireFor: (client: RuntimeClient, access: Access) => Wire): Connection {
    const client = new RuntimeClient();
    // Closing a client ends its idle connections only.
    const closed = new AbortController();
    const send = async (request: WireRequest, signal: AbortSignal) => {
      // A plugin may take its time.
      const access = await unlessAborted(this.#credentials.access(), signal);
      closed.signal.throwIfAborted();
      const life = linkedAbort(signal, closed.signal);
      return { access, response: await this.#send(request, access, wireFor(client, access), life) };
    };
    return {
      fetch: (signal) => async (request) => {
        const { url, method } = request;
        const headers = [...request.headers];
        // Read once, for it may have to be sent twice; a clone's body would come in chunks.
        const body = request.body === null ? undefined : await request.text();
        const { access, response } = await send({ url, method, headers, body }, signal);
        if (response.status !== 401) return response;
        // A rotated token is rejected before its file is looked at again; a second rejection is meant.
        await response.body?.cancel();
        this.#credentials.rejected(access);
        return (await send({ url, method, headers, body }, signal)).response;
      },
      close: () => {
        const message = `The connection to the API server at ${this.server} was closed.`;
        closed.abort(new ConnectionError("other", message));
        client.close();
      },
    };
  }

  /** Sends one request, whose `life` ends with the answer's body. */
  async #send(request: WireRequest, access: Access, wire: Wire, life: LinkedAbort): Promise<Response> {
    const seconds = this.#headersTimeoutMs / 1000;
    const late = `Cannot reach the API server at ${this.server}: no answer within ${seconds} s.`;
    const timer = setTimeout(() => {
      this.#isSilent = true;
      life.abort(new ConnectionError("timeout", late));
    }, this.#headersTimeoutMs);
    const toError = (error: unknown) => toConnectionError(error, address(this.server, access));
    try {
      const own = Object.entries({ ...access.headers, "user-agent": this.#userAgent });
      const names = own.map(([name]) => name.toLowerCase());
      const headers = [
        ...request.headers.filter(([name]) => !names.includes(name)),
        ...own.flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const)),
      ];
      const { origin } = this.#credentials;
      const response = await wire({ ...request, headers }, access, { origin, life, toError });
      this.#isSilent = false;
      const { ok, status, statusText, body } = response;
      if (ok || body === null) return response;
      return new Response(await withoutSecret(body, access), {
        status,
        statusText,
        headers: response.headers,
      });
    } catch (error) {
      life[Symbol.dispose]();
      if (life.signal.aborted) throw life.signal.reason;
      throw error instanceof CredentialsError ? error : toError(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * What a refusal says, stars in place of the token that it may quote: it ends up in logs, and in the status of policies.
 * As many stars as the token is long, since a refusal in protobuf counts its bytes.
 */
async function withoutSecret(
  refusal: ReadableStream<Uint8Array>,
  { headers }: Access,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await new Response(refusal).arrayBuffer());
  const [, token = ""] = /^\w+ (.*)$/.exec(String(headers.authorization ?? "")) ?? [];
  if (token.length < MIN_SECRET_LENGTH) return bytes;
  const secret = new TextEncoder().encode(token);
  for (let at = bytes.indexOf(secret[0]!); at >= 0; at = bytes.indexOf(secret[0]!, at + 1)) {
    if (secret.every((byte, i) => bytes[at + i] === byte)) bytes.fill(STAR, at, at + secret.length);
  }
  return bytes;
}

/** The server as an error names it; of a proxy its host alone, since its URL may hold a password. */
function address(server: string, { proxy }: Access): string {
  return proxy === undefined ? server : `${server} through the proxy ${URL.parse(proxy)?.host}`;
}
