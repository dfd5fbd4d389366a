/** HTTP to one API server: credentials on, timers around, redirects off, errors told in our own terms. */

import { type LinkedAbort, linkedAbort } from "../api/abort.ts";
import { ConnectionError, CredentialsError } from "../api/errors.ts";
import { abortableBody } from "./abortable_body.ts";
import { type Access, type Credentials, sameConnections } from "./credentials.ts";
import { toConnectionError } from "./network_errors.ts";

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
  /** How long to wait for an answer to begin; milliseconds. */
  readonly headersTimeoutMs?: number;
}

/** How long to wait for the headers of an answer: `fetch` itself would wait for ever. */
const HEADERS_TIMEOUT_MS = 10_000;

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
  fetch(signal: AbortSignal): Fetch {
    return this.#shared.fetch(signal);
  }

  /** Opens connections of their own: a frozen watch can be thrown away without touching anybody else's. */
  connect(): Connection {
    let current: { readonly access: Access; readonly client: Deno.HttpClient } | undefined;
    // Closing a client ends its idle connections only.
    const closed = new AbortController();
    const send = async (request: Request, signal: AbortSignal): Promise<Response> => {
      const access = await this.#credentials.access();
      closed.signal.throwIfAborted();
      if (current === undefined || !sameConnections(current.access, access)) {
        const client = createClient(access);
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
      fetch: (signal) => async (request) => {
        const again = request.clone();
        const response = await send(request, signal);
        if (response.status !== 401) return response;
        // A rotated token is rejected before its file is looked at again; a second rejection is meant.
        await response.body?.cancel();
        this.#credentials.rejected();
        return await send(again, signal);
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
      for (const [name, value] of Object.entries(access.headers)) request.headers.set(name, value);
      request.headers.set("user-agent", this.#userAgent);
      const response = await fetch(request, { client, redirect: "error", signal: life.signal });
      if (response.body === null) {
        life[Symbol.dispose]();
        return response;
      }
      const { status, statusText, headers } = response;
      return new Response(abortableBody(response.body, life), { status, statusText, headers });
    } catch (error) {
      life[Symbol.dispose]();
      throw life.signal.aborted ? life.signal.reason : toConnectionError(error, address(this.server, access));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The server as an error names it; of a proxy its host alone, since its URL may hold a password. */
function address(server: string, { proxy }: Access): string {
  return proxy === undefined ? server : `${server} through the proxy ${URL.parse(proxy)?.host}`;
}

function createClient({ tls, proxy }: Access): Deno.HttpClient {
  // The runtime takes a CA without a certificate in it for no CA at all, and would trust the system's instead.
  if (tls.ca !== undefined && !tls.ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new CredentialsError(
      "The cluster's CA holds no certificate: check certificate-authority in the kubeconfig.",
    );
  }
  try {
    return Deno.createHttpClient({
      http2: false,
      ...(tls.ca !== undefined && { caCerts: [tls.ca] }),
      ...tls.client,
      ...(proxy !== undefined && { proxy: { url: proxy } }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CredentialsError(
      `The kubeconfig's certificates cannot be used: ${reason}. Check certificate-authority and client-certificate.`,
      { cause: error },
    );
  }
}
