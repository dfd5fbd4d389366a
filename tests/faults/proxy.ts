/** A TLS proxy in front of an API server: passes requests on, or does to them whatever a script says, and logs each. */

import { Buffer } from "node:buffer";
import { takeRequest } from "../support/http_request.ts";
import { type Connection, Connections, type Identity, newIdentity } from "./connections.ts";
import { Exchange, type Teller, type Upstream } from "./exchange.ts";
import { agrees, type LoggedRequest, type Match, toLogged } from "./logged_request.ts";
import { type Fault, type Injected, Script } from "./script.ts";

/** How to start a proxy. */
export interface ProxyOptions {
  readonly upstream: Upstream;
  /** What to show to clients; else a certificate of an authority of its own. */
  readonly identity?: Identity;
}

/** A running proxy. Disposing of it ends every connection. */
export class FaultProxy implements AsyncDisposable {
  /** Every request so far, in the order in which they were complete. */
  readonly requests: LoggedRequest[] = [];
  readonly #upstream: Upstream;
  readonly #script = new Script();
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
    return this.#script.inject(match, fault, times);
  }

  /** The same for requests that should not come. */
  trap(match: Match, fault: Fault): Injected {
    return this.#script.trap(match, fault);
  }

  /** Has each watch that is open, of one resource or of all, tell in another way from now on, by a teller of its own. */
  retell(newTeller: () => Teller, resource?: string): void {
    for (const watch of this.watches(resource)) this.#script.retell(watch, newTeller());
  }

  /** What was asked for and met by nobody. */
  get unmet(): readonly string[] {
    return this.#script.unmet;
  }

  /** Lets all requests pass again; what is open stays as it is. */
  heal(): void {
    this.#script.clear();
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
      await this.#script.take(request)(exchange);
    } finally {
      this.#exchanges.delete(exchange);
    }
  }
}
