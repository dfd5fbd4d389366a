/** Follows HTTP from both its ends, which share a process: so a test knows when nothing is left to happen but time. */

import { type Connection, type Fetch, Transport, type TransportOptions } from "../../lib/kube/transport.ts";
import { settled } from "./manual_clock.ts";
import { patiently } from "./patience.ts";
import { readerOf } from "./wire.ts";
import { type Answer, type WireRequest } from "../../lib/kube/wire.ts";

/** Tells the server which of the client's requests it has got. */
const HEADER = "x-exchange";

/** Breaks a connection in the middle of a body. */
export const BROKEN = new Error("a connection broken on purpose");

/** Answers one request. */
export type Handler = (request: Request) => Promise<Response>;

/** How a request and its answer fare. An end is `waiting` when it wants more of a body and there is none yet. */
interface Exchange {
  readonly number: string;
  readonly url: string;
  client: "busy" | "waiting" | "over";
  server: "unseen" | "busy" | "answering" | "waiting" | "over";
  /** Of a watch: bytes that the server has given and the client has not got. */
  underWay: number;
  /** Whether the client wants no answer any more. */
  readonly signal: AbortSignal;
  /** Ends a watch from the server's end. */
  end: (how: "ended" | "broken") => void;
}

/** All that goes on between a server and its clients. */
export class Traffic {
  readonly #exchanges = new Map<string, Exchange>();
  /** The resources whose watches say nothing at present, each with its gate. */
  readonly #withheld = new Map<string, PromiseWithResolvers<void>>();
  #count = 0;
  /** Hears of every change of an exchange. */
  #onChange = () => {};

  /** A transport whose requests are followed. */
  transport(options: TransportOptions): Transport {
    return new FollowedTransport(options, (fetch, request, signal) => this.#ask(fetch, request, signal));
  }

  /**
   * What to serve in place of `handler`, which gets requests whose body has arrived. Whatever it waits for is up to the
   * test, such as a gate or a clock: a sandbox takes no turn of the event loop for its part.
   */
  serve(handler: Handler): Handler {
    return async (request) => {
      const { method, url, headers } = request;
      const exchange = this.#exchanges.get(headers.get(HEADER) ?? "");
      if (exchange !== undefined) this.#is(exchange, { server: "busy" });
      const body = await request.text();
      if (exchange !== undefined) this.#is(exchange, { server: "answering" });
      const answer = await handler(new Request(url, { method, headers, ...(body !== "" && { body }) }));
      if (exchange === undefined) return answer;
      if (answer.ok && answer.body !== null && isWatch(url)) {
        return this.#followed(answer, exchange, "server");
      }
      this.#is(exchange, { server: "over" });
      return answer;
    };
  }

  /** Ends the watches of a resource, given by its plural, as it should be or by breaking the connections. */
  endWatches(resource: string, how: "ended" | "broken"): void {
    for (const { url, end } of this.#exchanges.values()) if (resourceOf(url) === resource) end(how);
  }

  /** Lets the watches of a resource say nothing, as slow ones do, until {@linkcode deliver}. */
  withhold(resource: string): void {
    this.#withheld.set(resource, Promise.withResolvers());
  }

  deliver(resource: string): void {
    this.#withheld.get(resource)?.resolve();
    this.#withheld.delete(resource);
  }

  /**
   * Resolves when nothing more happens without time or the test: each answer has come and led to all that it leads to,
   * and each watch has told all that it knows.
   */
  async quiet(): Promise<void> {
    const moving = () => [...this.#exchanges.values()].filter(isMoving);
    for (await settled(); moving().length > 0; await settled()) {
      const change = new Promise<void>((resolve) => this.#onChange = resolve);
      await patiently(change, () => `a change in ${JSON.stringify(moving())}`);
    }
  }

  async #ask(fetch: Fetch, request: WireRequest, signal: AbortSignal): Promise<Answer> {
    const exchange: Exchange = {
      number: String(++this.#count),
      url: request.url,
      client: "busy",
      server: "unseen",
      underWay: 0,
      signal,
      end: () => {},
    };
    this.#exchanges.set(exchange.number, exchange);
    try {
      const answer = await fetch({ ...request, headers: [...request.headers, [HEADER, exchange.number]] });
      if (answer.body !== null) return this.#followed(answer, exchange, "client");
      this.#is(exchange, { client: "over" });
      return answer;
    } catch (error) {
      this.#is(exchange, { client: "over" });
      throw error;
    }
  }

  /** The same answer, of whose body `end` is told what it does with it. */
  #followed({ body, status, headers }: Answer, exchange: Exchange, end: "client" | "server"): Response {
    const reader = readerOf(body!);
    const is = (state: "busy" | "waiting" | "over") => this.#is(exchange, { [end]: state });
    is("busy");
    const stream = new ReadableStream({
      type: "bytes",
      start(controller) {
        if (end === "client") return;
        exchange.end = (how) => {
          if (how === "broken") controller.error(BROKEN);
          void reader.cancel();
        };
      },
      pull: async (controller) => {
        is("waiting");
        const { done, value } = await reader.read().catch((error) => {
          is("over");
          throw error;
        });
        if (done) {
          is("over");
          controller.close();
          return controller.byobRequest?.respond(0);
        }
        if (end === "server") await this.#withheld.get(resourceOf(exchange.url))?.promise;
        is("busy");
        const piece = value!;
        exchange.underWay += end === "server" ? piece.length : -piece.length;
        controller.enqueue(piece);
      },
      cancel() {
        is("over");
        return reader.cancel();
      },
    });
    return new Response(stream, { status, headers });
  }

  #is(exchange: Exchange, change: Partial<Pick<Exchange, "client" | "server">>): void {
    const { number, client, server } = Object.assign(exchange, change);
    if (client === "over" && (server === "over" || server === "unseen")) this.#exchanges.delete(number);
    this.#onChange();
  }
}

function isMoving({ client, server, underWay, signal }: Exchange): boolean {
  // A client that was told to stop has yet to let go.
  if (signal.aborted && client !== "over") return true;
  if (server === "answering") return false;
  return client === "over" || server !== "waiting" || client !== "waiting" || underWay > 0;
}

function isWatch(url: string): boolean {
  return new URL(url).searchParams.get("watch") === "true";
}

/** The plural of the collection that an address ends with. */
function resourceOf(url: string): string {
  return new URL(url).pathname.split("/").at(-1) ?? "";
}

type Ask = (fetch: Fetch, request: WireRequest, signal: AbortSignal) => Promise<Answer>;

/** A transport each of whose requests goes through `ask`. */
class FollowedTransport extends Transport {
  readonly #ask: Ask;

  constructor(options: TransportOptions, ask: Ask) {
    super(options);
    this.#ask = ask;
  }

  override connect(): Connection {
    return followed(super.connect(), () => this.#ask);
  }
}

/** A connection each of whose requests goes through what `ask` gives: there is none yet while a transport is made. */
function followed({ fetch, close }: Connection, ask: () => Ask): Connection {
  return { fetch: (signal, fence) => (request) => ask()(fetch(signal, fence), request, signal), close };
}
