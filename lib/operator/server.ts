/** What the operator answers over HTTP: is it alive, is it ready, how does it fare. */

import type { Clock } from "../api/clock.ts";
import { errorKind } from "../api/errors.ts";
import type { Stretch } from "../api/stretch.ts";
import { type MetricsSource, Scrapes } from "../metrics/scrapes.ts";

/** What the answers are made of. */
export interface ServerState {
  /** What is stuck within the operator itself, in one sentence; undefined when nothing is. */
  readonly stuck?: () => string | undefined;
  /** What is still missing before the operator is ready; empty once it is. */
  readonly missing: () => readonly string[];
  readonly metrics: MetricsSource & { readonly contentType: string };
  readonly clock: Clock;
  /** The time that a rendering of the metrics shares with other long work; its own when left out. */
  readonly stretch?: Stretch;
}

/** Answers one request. */
export type Handler = (request: Request) => Promise<Response>;

/** A handler of `/healthz`, `/readyz` and `/metrics`; anything else is a 404. */
export function createHandler(
  { stuck = () => undefined, missing, metrics, clock, stretch }: ServerState,
): Handler {
  const scrapes = new Scrapes(metrics, clock, stretch);
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return plain("only GET and HEAD are answered here\n", 405, { allow: "GET, HEAD" });
    }
    // A client may send any Host, and so an address that is none.
    switch (URL.parse(request.url)?.pathname) {
      case undefined:
        return plain("this is no valid address\n", 400);
      case "/healthz": {
        const problem = stuck();
        return problem === undefined ? plain("ok\n") : plain(`stuck: ${problem}\n`, 503);
      }
      case "/readyz": {
        const waitingFor = missing();
        return waitingFor.length === 0
          ? plain("ok\n")
          : plain(`waiting for ${waitingFor.join(" and ")}\n`, 503);
      }
      case "/metrics": {
        const body = await scrapes.body();
        const headers = { "content-type": metrics.contentType, "content-length": String(body.length) };
        return new Response(request.method === "HEAD" ? null : body.stream(), { headers });
      }
      default:
        return plain("not found: try /healthz, /readyz or /metrics\n", 404);
    }
  };
}

function plain(body: string, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers } });
}

/** Where to listen. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** The address cannot be listened on. The message is one sentence with the next step. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** A server that listens until it is disposed of. */
export interface Listening extends AsyncDisposable {
  readonly address: string;
}

/**
 * Serves `handler`.
 *
 * @throws {ListenError} when the address is taken or not ours
 */
export type Listen = (address: ListenAddress, handler: Handler) => Listening;

/** Serves `handler` with a server of its own. */
export function listen({ hostname, port }: ListenAddress, handler: Handler): Listening {
  const abort = new AbortController();
  const options = { hostname, port, signal: abort.signal, onListen() {}, onError: internalError };
  try {
    const server = Deno.serve(options, handler);
    return {
      address: hostPort(hostname, server.addr.port),
      // Not the graceful way: a scraper that never reads its answer would hold up the end for ever.
      async [Symbol.asyncDispose]() {
        abort.abort();
        await server.finished;
      },
    };
  } catch (error) {
    const taken = error instanceof Deno.errors.AddrInUse;
    // All interfaces were asked for, and a machine without IPv6 still has those of IPv4.
    if (hostname === "::" && !taken) return listen({ hostname: "0.0.0.0", port }, handler);
    throw new ListenError(
      `Cannot serve metrics on ${hostPort(hostname, port)}: ${
        taken ? "the port is in use" : (error as Error).message
      }. ` +
        "Pass another --metrics-addr, or 0 to turn it off.",
      { cause: error },
    );
  }
}

/** A handler that throws is a bug, told to who asked; by default the runtime would print a stack to stderr. */
function internalError(error: unknown): Response {
  return plain(`internal error (${errorKind(error)})\n`, 500);
}

function hostPort(hostname: string, port: number): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
