/** A proxy on loopback of whatever kind a test makes of it. */

import type { Buffer } from "node:buffer";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Proxies on loopback: `heard` is the first thing that each client said. */
export class LoopbackProxy implements AsyncDisposable {
  readonly heard: Buffer[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((client) => {
    this.#keep(client);
    client.once("data", (first: Buffer) => {
      this.heard.push(first);
      this.answer(client, first);
    });
  });

  private constructor(readonly answer: (client: Socket, first: Buffer) => void) {}

  static async start(
    answer: (this: LoopbackProxy, client: Socket, first: Buffer) => void,
  ): Promise<LoopbackProxy> {
    const proxy: LoopbackProxy = new LoopbackProxy((client, first) => answer.call(proxy, client, first));
    await new Promise<void>((resolve) => void proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Whether a client asked for the server at `url`; others may knock who take this port for another. */
  wasAskedFor(url: string): boolean {
    const { host } = new URL(url);
    return this.heard.some((first) => String(first).startsWith(`CONNECT ${host} `));
  }

  /** Joins the client to a server, after telling it so. */
  tunnel(client: Socket, port: number, told: string | Uint8Array): void {
    const server = this.#keep(connect(port, "127.0.0.1", () => {
      client.write(told);
      client.pipe(server).pipe(client);
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = [...this.#sockets].map((socket) =>
      new Promise((resolve) => socket.once("close", resolve))
    );
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await Promise.all(closed);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on("error", () => {}).once("close", () => this.#sockets.delete(socket));
    return socket;
  }
}
