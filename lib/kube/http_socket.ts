/** Requests on sockets of our own, read without anything in between: a third of the processor time of `fetch`. */

import type { LinkedAbort } from "../api/abort.ts";
import { ConnectionError } from "../api/errors.ts";
import { type Access, sameConnections } from "./credentials.ts";
import { SocketAnswer, SocketBody } from "./http_body.ts";
import { HttpConnection } from "./http_connection.ts";
import { framingOf } from "./http_framing.ts";
import { toMessage } from "./http_head.ts";
import type { Wire } from "./wire.ts";

const REDIRECTS = [301, 302, 303, 307, 308];
/** As many as there are writes in flight. */
const MAX_IDLE = 16;
/** What has been idle for longer may have been forgotten on the way, by somebody who does not tell; milliseconds. */
const MAX_IDLE_MS = 60_000;

/** A connection that nobody uses. */
interface Idle {
  readonly connection: HttpConnection;
  readonly access: Access;
  readonly since: number;
}

/** What is known of the handshakes with one server. */
export interface Handshakes {
  /** Whether the last one was never answered. */
  areSilent: boolean;
}

/** Connections that are used again, straight to one server. */
export class SocketClient {
  readonly #handshakes: Handshakes;
  /** In the order of their use, the latest last. */
  #idle: Idle[] = [];

  constructor(handshakes: Handshakes = { areSilent: false }) {
    this.#handshakes = handshakes;
  }

  readonly send: Wire = async (request, access, { origin, life, toError, beforeSending }) => {
    const message = toMessage(request);
    const { signal } = life;
    signal.throwIfAborted();
    const idle = this.#take(access);
    const connection = idle ?? await this.#open(request.url, access, origin, life);
    let isAnswered = false;
    const close = () => connection.close();
    signal.addEventListener("abort", close);
    try {
      // An abort between the connection and the listener is heard by neither.
      signal.throwIfAborted();
      beforeSending();
      await connection.write(message);
      const { head, rest } = await connection.readHead();
      isAnswered = true;
      if (REDIRECTS.includes(head.status)) throw new TypeError("redirect");
      const framing = framingOf(request.method, head);
      const giveBack = () => head.isLasting ? this.#giveBack(connection, access) : close();
      if (framing !== undefined) {
        const source = { framing, rest, read: (into: Uint8Array) => connection.read(into), giveBack, close };
        return new SocketAnswer(head, new SocketBody(source, { life, toError }));
      }
      if (rest.length === 0) giveBack();
      else close();
      life[Symbol.dispose]();
      return new Response(null, head);
    } catch (error) {
      close();
      // The way there may be another by now, which those that nobody uses do not know either.
      if (idle !== undefined && !isAnswered) this.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", close);
    }
  };

  /** Whether there is a connection that nobody uses. */
  has(access: Access): boolean {
    this.#tidy(access);
    return this.#idle.length > 0;
  }

  /** Ends the connections that nobody uses. */
  close(): void {
    for (const { connection } of this.#idle.splice(0)) connection.close();
  }

  async #open(
    url: string,
    { tls }: Access,
    origin: string,
    { signal }: LinkedAbort,
  ): Promise<HttpConnection> {
    try {
      const connection = await HttpConnection.open({ url, tls, origin }, signal);
      this.#handshakes.areSilent = false;
      return connection;
    } catch (error) {
      const { reason } = signal;
      this.#handshakes.areSilent = reason instanceof ConnectionError && reason.problem === "timeout";
      throw error;
    }
  }

  #take(access: Access): HttpConnection | undefined {
    this.#tidy(access);
    return this.#idle.pop()?.connection;
  }

  /** Ends those that have been idle for too long, or that somebody else has made. */
  #tidy(access: Access): void {
    this.#keep(({ since, access: used }) =>
      performance.now() - since <= MAX_IDLE_MS && sameConnections(used, access)
    );
  }

  #giveBack(connection: HttpConnection, access: Access): void {
    this.#idle.push({ connection, access, since: performance.now() });
    if (this.#idle.length > MAX_IDLE) this.#idle.shift()?.connection.close();
    connection.listen(() => this.#keep((idle) => idle.connection !== connection));
  }

  /** Ends the others. */
  #keep(isKept: (idle: Idle) => boolean): void {
    for (const idle of this.#idle) if (!isKept(idle)) idle.connection.close();
    this.#idle = this.#idle.filter(isKept);
  }
}
