/** A TLS proxy in front of an API server: passes requests on, or does to them whatever a script says, and logs each. */

import { Buffer } from "node:buffer";
import { parsePath } from "../../lib/sandbox/router.ts";
import { type ReceivedRequest, takeRequest } from "../support/http_request.ts";
import { type Connection, Connections, type Identity, newIdentity } from "./connections.ts";
import { Exchange, type Upstream } from "./exchange.ts";

/** What a request asks for, in terms of the API. */
export type Kind = "list" | "watch" | "get" | "patch" | "patchStatus" | "create" | "other";

/** One request, as it came. */
export interface LoggedRequest extends ReceivedRequest {
  readonly kind: Kind;
  /** The plural, for example `pods`. */
  readonly resource: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The HTTP status that the client was given; undefined when it was given none, or none yet. */
  code: number | undefined;
}

/** Which requests a fault is for: all that agree with what is given. */
export interface Match {
  readonly kind?: Kind;
  readonly resource?: string;
  readonly name?: string;
  readonly where?: (request: LoggedRequest) => boolean;
}

/** Answers one request, in whatever way. */
export type Fault = (exchange: Exchange) => void | Promise<void>;

/** A fault at work. */
export interface Injected {
  /** How many requests it has answered. */
  readonly hits: number;
  /** Lets requests pass again. */
  stop(): void;
}

/** How to start a proxy. */
export interface ProxyOptions {
  readonly upstream: Upstream;
  /** What to show to clients; else a certificate of an authority of its own. */
  readonly identity?: Identity;
}

interface Rule extends Injected {
  hits: number;
  left: number;
  readonly match: Match;
  readonly fault: Fault;
}

/** A running proxy. Disposing of it ends every connection. */
export class FaultProxy implements AsyncDisposable {
  /** Every request so far, in the order in which they were complete. */
  readonly requests: LoggedRequest[] = [];
  readonly #upstream: Upstream;
  readonly #rules = new Set<Rule>();
  readonly #exchanges = new Set<Exchange>();
  readonly #connections: Connections;
  #identity: Identity;

  private constructor(upstream: Upstream, identity: Identity, connections: Connections) {
    this.#upstream = upstream;
    this.#identity = identity;
    this.#connections = connections;
  }

  static async start({ upstream, identity = newIdentity() }: ProxyOptions): Promise<FaultProxy> {
    const connections = await Connections.start(identity, (connection) => void proxy.#serve(connection));
    const proxy: FaultProxy = new FaultProxy(upstream, identity, connections);
    return proxy;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#connections.port}`;
  }

  /** What it shows to clients. */
  get identity(): Identity {
    return this.#identity;
  }

  /** How many connections were ever accepted. */
  get accepted(): number {
    return this.#connections.accepted;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#connections.open;
  }

  /** The requests that agree with `match`, from the `since`-th on. */
  log(match: Match = {}, since = 0): readonly LoggedRequest[] {
    return this.requests.slice(since).filter((request) => agrees(request, match));
  }

  /** The watches that are open, of one resource or of all. */
  watches(resource?: string): readonly Exchange[] {
    const match: Match = resource === undefined ? { kind: "watch" } : { kind: "watch", resource };
    return [...this.#exchanges].filter(({ request }) => agrees(request, match));
  }

  /** Answers the next `times` requests that agree with `match` by `fault`; of several faults the newest counts. */
  inject(match: Match, fault: Fault, times = Infinity): Injected {
    const stop = () => void this.#rules.delete(rule);
    const rule: Rule = { match, fault, hits: 0, left: times, stop };
    this.#rules.add(rule);
    return rule;
  }

  /** Lets all requests pass again; what is open stays as it is. */
  heal(): void {
    this.#rules.clear();
  }

  /** Breaks every connection. */
  reset(): void {
    this.#connections.reset();
  }

  /** Shows another certificate from now on, at the same address, and breaks every connection, as a restart would. */
  present(identity: Identity): void {
    this.#identity = identity;
    this.#connections.present(identity);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]();
    this.#upstream.close();
  }

  async #serve(connection: Connection): Promise<void> {
    let bytes = Buffer.alloc(0);
    for await (const chunk of connection.read()) {
      bytes = Buffer.concat([bytes, chunk]);
      const { number } = connection;
      for (let taken = takeRequest(bytes, number); taken; taken = takeRequest(bytes, number)) {
        bytes = Buffer.from(taken.rest);
        void this.#answer(new Exchange(toLogged(taken.request), connection, this.#upstream));
      }
    }
  }

  async #answer(exchange: Exchange): Promise<void> {
    const { request } = exchange;
    this.requests.push(request);
    this.#exchanges.add(exchange);
    try {
      await this.#take(request)(exchange);
    } finally {
      this.#exchanges.delete(exchange);
    }
  }

  /** What is to be done with a request. */
  #take(request: LoggedRequest): Fault {
    const rule = [...this.#rules].findLast(({ match }) => agrees(request, match));
    if (rule === undefined) return (exchange) => exchange.pass();
    rule.hits++;
    if (--rule.left <= 0) this.#rules.delete(rule);
    return rule.fault;
  }
}

function agrees(request: LoggedRequest, { kind, resource, name, where }: Match): boolean {
  return (kind === undefined || request.kind === kind) &&
    (resource === undefined || request.resource === resource) &&
    (name === undefined || request.name === name) && (where?.(request) ?? true);
}

function toLogged(request: ReceivedRequest): LoggedRequest {
  const { pathname: path, searchParams: query } = new URL(request.target, "https://server");
  const target = parsePath(path);
  const { plural: resource = "", name = "", subresource = "" } = target.about === "resource" ? target : {};
  const kind = kindOf(request.method, { name, subresource, isWatch: query.get("watch") === "true" });
  return { ...request, kind, resource, name, path, query, code: undefined };
}

function kindOf(
  method: string,
  { name, subresource, isWatch }: { name: string; subresource: string; isWatch: boolean },
): Kind {
  if (method === "GET") return name !== "" ? "get" : isWatch ? "watch" : "list";
  if (method === "PATCH") return subresource === "status" ? "patchStatus" : "patch";
  return method === "POST" ? "create" : "other";
}
