/** An HTTP server on loopback that plays a script, one reply for each request, well behaved or not. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import tls from "node:tls";
import { certificate, type CertificateName } from "./certificates/mod.ts";
import { type ReceivedRequest, takeRequest } from "./http_request.ts";

/** What a reply does with its connection. */
export interface Wire {
  write(bytes: string | Uint8Array): void;
  /** Ends the stream after all that was written. */
  end(): void;
  /** Breaks the connection without a word: TCP reset. */
  reset(): void;
}

/** Answers one request, in whatever way. */
export type Reply = (wire: Wire, request: ReceivedRequest) => void;

/** How to serve; plain HTTP when `tls` is left out. */
export interface ServerOptions {
  readonly tls?: {
    readonly certificate: CertificateName;
    /** Whether to accept only clients with a certificate of the test authority. */
    readonly clients?: boolean;
  };
}

/** A running server; disposing of it ends every connection, and fails if more was asked for than the script holds. */
export class LoopbackServer implements AsyncDisposable {
  /** Every request so far, in the order in which they were complete. */
  readonly requests: ReceivedRequest[] = [];
  readonly #script: readonly Reply[];
  readonly #server: Server;
  readonly #scheme: string;
  readonly #open = new Map<Socket, Promise<unknown>>();
  #accepted = 0;

  private constructor(script: readonly Reply[], options: ServerOptions) {
    this.#script = script;
    this.#scheme = options.tls === undefined ? "http" : "https";
    this.#server = options.tls === undefined
      ? createServer((socket) => this.#serve(socket))
      : tls.createServer(tlsOptions(options.tls), (socket) => this.#serve(socket));
    // A client that refuses our certificate, or has none, is what some tests are about.
    this.#server.on("tlsClientError", () => {});
  }

  static async start(script: readonly Reply[], options: ServerOptions = {}): Promise<LoopbackServer> {
    const server = new LoopbackServer(script, options);
    await new Promise<void>((resolve) => void server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** How many connections were ever accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#open.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const socket of this.#open.keys()) socket.destroy();
    await Promise.all([closed, ...this.#open.values()]);
    const unscripted = this.requests.slice(this.#script.length);
    assert.deepEqual(unscripted.map(({ method, target }) => `${method} ${target}`), [], "not in the script");
  }

  #serve(socket: Socket): void {
    const connection = this.#accepted++;
    const closed = new Promise<void>((resolve) => void socket.on("close", () => resolve()));
    this.#open.set(socket, closed.then(() => this.#open.delete(socket)));
    // The client may go away at any time, and breaking connections is what some replies are for.
    socket.on("error", () => {});
    const wire: Wire = {
      write: (bytes) => void socket.write(bytes),
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
    };
    let bytes = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let taken = takeRequest(bytes, connection); taken; taken = takeRequest(bytes, connection)) {
        bytes = Buffer.from(taken.rest);
        const reply = this.#script[this.requests.length];
        this.requests.push(taken.request);
        if (reply === undefined) wire.end();
        else reply(wire, taken.request);
      }
    });
  }
}

function tlsOptions({ certificate: name, clients = false }: NonNullable<ServerOptions["tls"]>) {
  // Offered as API servers do; a client that chose it would not be understood here.
  const own = { ...certificate(name), ALPNProtocols: ["h2", "http/1.1"] };
  return clients ? { ...own, ca: certificate("ca").cert, requestCert: true, rejectUnauthorized: true } : own;
}
