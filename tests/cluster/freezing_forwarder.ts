// A way to a server that freezes without closing anything, and later delivers what was under way.

import type { Buffer } from "node:buffer";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Forwards TCP connections on loopback to a port. Disposing of it ends them. */
export class FreezingForwarder implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #pipes = new Set<Pipe>();
  readonly #server;
  /** Whether connections that come now are frozen from the start. */
  #frozen = false;

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      this.#join(client, server);
      this.#join(server, client);
    });
  }

  /** Forwards to the server at `url`. */
  static async start(url: string): Promise<FreezingForwarder> {
    const forwarder = new FreezingForwarder(Number(new URL(url).port));
    await new Promise<void>((resolve) => void forwarder.#server.listen(0, "127.0.0.1", resolve));
    return forwarder;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on nothing gets through; with `open`, on the connections that there are, while new ones work. */
  freeze(what: "all" | "open"): void {
    this.#frozen = what === "all";
    for (const pipe of this.#pipes) pipe.freeze();
  }

  /** Delivers all that was sent meanwhile, by whoever is gone by now as well. */
  thaw(): void {
    this.#frozen = false;
    for (const pipe of this.#pipes) pipe.thaw();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    this.#pipes.add(new Pipe(from, to, this.#frozen));
  }
}

/** One direction of a connection. */
class Pipe {
  readonly #to: Socket;
  #frozen: boolean;
  /** What was sent while nothing got through. */
  #held: (() => void)[] = [];

  constructor(from: Socket, to: Socket, frozen: boolean) {
    this.#to = to;
    this.#frozen = frozen;
    from.on("data", (chunk: Buffer) => this.#pass(() => void to.write(chunk)));
    from.on("close", () => this.#pass(() => void to.end()));
    // A connection that breaks is closed as well.
    from.on("error", () => {});
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    if (!this.#to.destroyed) { for (const deliver of this.#held) deliver(); }
    this.#held = [];
  }

  #pass(deliver: () => void): void {
    if (this.#frozen) this.#held.push(deliver);
    else if (!this.#to.destroyed) deliver();
  }
}
