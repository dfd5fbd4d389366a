/** HTTP to one API server: credentials on, timers around, redirects off, errors told in our own terms. */

import { type LinkedAbort, linkedAbort, unlessAborted } from "../api/abort.ts";
import { ConnectionError } from "../api/errors.ts";
import type { Fence } from "../api/ports.ts";
import { abortableBody } from "./abortable_body.ts";
import { type Access, type Credentials, sameConnections } from "./credentials.ts";
import { createClient } from "./http_client.ts";
import { toConnectionError } from "./network_errors.ts";

/** Sends one request; what `openapi-fetch` calls. */
export type Fetch = (request: Request) => Promise<Response>;

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
  readonly #headersTimeoutMs: number;
  readonly #shared: Connection;

  constructor({ credentials, userAgent, headersTimeoutMs = HEADERS_TIMEOUT_MS }: TransportOptions) {
    this.#credentials = credentials;
    this.#userAgent = userAgent;
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

  /** Opens connections of their own: a frozen watch can be thrown away without touching anybody else's. */
  connect(): Connection {
    let current: { readonly access: Access; readonly client: Deno.HttpClient } | undefined;
    // Closing a client ends its idle connections only.
    const closed = new AbortController();
    const send = async (
      request: Request,
      access: Access,
      { signal, fence }: { readonly signal: AbortSignal; readonly fence: Fence | undefined },
    ): Promise<Response> => {
      closed.signal.throwIfAborted();
      fence?.assertFresh();
      if (current === undefined || !sameConnections(current.access, access)) {
        const client = createClient(access, this.#credentials.origin);
        current?.client.close();
        current = { access, client };
      }
      return await this.#send(
        request,
        { access, client: current.client },
        linkedAbort(signal, closed.signal),
      );
    };
    return {
      fetch: (signal, fence) => async (request) => {
        const again = request.clone();
        // A plugin may take its time.
        const access = await unlessAborted(this.#credentials.access(), signal);
        const response = await send(request, access, { signal, fence });
        if (response.status !== 401) return response;
        // A rotated token is rejected before its file is looked at again; a second rejection is meant.
        await response.body?.cancel();
        this.#credentials.rejected(access);
        return await send(again, await unlessAborted(this.#credentials.access(), signal), { signal, fence });
      },
      close: () => {
        const message = `The connection to the API server at ${this.server} was closed.`;
        closed.abort(new ConnectionError("other", message));
        current?.client.close();
        current = undefined;
      },
    };
  }

  close(): void {
    this.#shared.close();
  }

  /** Sends one request, whose `life` ends with the answer's body. */
  async #send(
    request: Request,
    { access, client }: { readonly access: Access; readonly client: Deno.HttpClient },
    life: LinkedAbort,
  ): Promise<Response> {
    const seconds = this.#headersTimeoutMs / 1000;
    const late = `Cannot reach the API server at ${this.server}: no answer within ${seconds} s.`;
    const timer = setTimeout(() => life.abort(new ConnectionError("timeout", late)), this.#headersTimeoutMs);
    try {
      for (const [name, values] of Object.entries(access.headers)) {
        request.headers.delete(name);
        for (const value of [values].flat()) request.headers.append(name, value);
      }
      request.headers.set("user-agent", this.#userAgent);
      const response = await fetch(request, { client, redirect: "error", signal: life.signal });
      if (response.body === null) {
        life[Symbol.dispose]();
        return response;
      }
      const { ok, status, statusText, headers } = response;
      const body = abortableBody(response.body, life);
      return new Response(ok ? body : await withoutSecret(body, access), { status, statusText, headers });
    } catch (error) {
      life[Symbol.dispose]();
      throw life.signal.aborted ? life.signal.reason : toConnectionError(error, address(this.server, access));
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
