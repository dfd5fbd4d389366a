/** HTTP to one API server: credentials on, timers around, redirects off, errors told in our own terms. */

import { ConnectionError, CredentialsError } from "../api/errors.ts";
import { type Access, type Credentials, sameTls } from "./credentials.ts";
import { toConnectionError } from "./network_errors.ts";

/** Sends one request; what `openapi-fetch` calls. */
export type Fetch = (request: Request) => Promise<Response>;

/** A connection of one's own: a frozen one can be thrown away without touching anybody else's. */
export interface Connection {
  readonly fetch: Fetch;
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

  /** Sends a request on the connections that all short calls share. */
  readonly fetch: Fetch = (request) => this.#shared.fetch(request);

  /** Opens connections of their own: for a watch, which would hold up and be held up by others. */
  connect(): Connection {
    let current: { readonly access: Access; readonly client: Deno.HttpClient } | undefined;
    const send = async (request: Request): Promise<Response> => {
      const access = await this.#credentials.access();
      if (current === undefined || !sameTls(current.access, access)) {
        current?.client.close();
        current = { access, client: createClient(access) };
      }
      return await this.#send(request, access, current.client);
    };
    return {
      fetch: async (request) => {
        const again = request.clone();
        const response = await send(request);
        if (response.status !== 401) return response;
        // A rotated token is rejected before its file is looked at again; a second rejection is meant.
        await response.body?.cancel();
        this.#credentials.rejected();
        return await send(again);
      },
      close() {
        current?.client.close();
        current = undefined;
      },
    };
  }

  close(): void {
    this.#shared.close();
  }

  async #send(request: Request, access: Access, client: Deno.HttpClient): Promise<Response> {
    for (const [name, value] of Object.entries(access.headers)) request.headers.set(name, value);
    request.headers.set("user-agent", this.#userAgent);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#headersTimeoutMs);
    try {
      return await fetch(request, {
        client,
        redirect: "error",
        signal: AbortSignal.any([request.signal, late.signal]),
      });
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      if (late.signal.aborted) {
        const seconds = this.#headersTimeoutMs / 1000;
        const message = `Cannot reach the API server at ${this.server}: no answer within ${seconds} s.`;
        throw new ConnectionError("timeout", message, { cause: error });
      }
      throw toConnectionError(error, this.server);
    } finally {
      clearTimeout(timer);
    }
  }
}

function createClient({ tls }: Access): Deno.HttpClient {
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
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CredentialsError(
      `The kubeconfig's certificates cannot be used: ${reason}. Check certificate-authority and client-certificate.`,
      { cause: error },
    );
  }
}
