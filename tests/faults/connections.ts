/**
 * TLS connections that can be broken in every way. What listens is plain TCP, which can be reset; behind it, on loopback,
 * each connection is joined to the runtime's own TLS, since that of `node:tls` resumes the sessions of other certificates.
 */

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type CertificatePair, createCertificateAuthority } from "../../lib/sandbox/certificates.ts";

/** A certificate, and the authority that clients should trust. */
export interface Identity extends CertificatePair {
  readonly caPem: string;
}

/** A certificate for loopback of a new authority. */
export function newIdentity(): Identity {
  const authority = createCertificateAuthority();
  return { caPem: authority.certPem, ...authority.issueServer() };
}

/** One connection of a client. */
export class Connection {
  /** Counts from 0. */
  readonly number: number;
  /** Resolves when it is closed, by whoever. */
  readonly closed: Promise<void>;
  isOpen = true;
  readonly #tls: Deno.TlsConn;
  readonly #outside: Socket;
  #writing: Promise<void> = Promise.resolve();

  constructor(number: number, tls: Deno.TlsConn, outside: Socket) {
    this.number = number;
    this.#tls = tls;
    this.#outside = outside;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    const note = () => {
      this.isOpen = false;
      closed.resolve();
    };
    if (outside.destroyed) note();
    else outside.once("close", note);
  }

  /** What the client says; ends with the connection, however that does. */
  async *read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (
        let length = await this.#tls.read(buffer);
        length !== null;
        length = await this.#tls.read(buffer)
      ) {
        yield buffer.slice(0, length);
      }
    } catch {
      // It broke, which is what we are for.
    } finally {
      this.reset();
      this.#tls.close();
    }
  }

  /** Writes behind all that was written; resolves when there is room for more, or nobody to write to. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#writing = this.#writing.then(() => this.#writeNow(bytes));
  }

  /** Closes the connection behind what was written. */
  async end(): Promise<void> {
    await this.#writing;
    await this.#tls.closeWrite().catch(() => {});
  }

  /** Breaks the connection without a word: TCP reset. */
  reset(): void {
    if (!this.#outside.destroyed) this.#outside.resetAndDestroy();
  }

  async #writeNow(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length && this.isOpen;) at += await this.#tls.write(bytes.subarray(at));
    } catch {
      // The client is gone.
    }
  }
}

/** A client's socket, and which one it was. */
interface Client {
  readonly number: number;
  readonly outside: Socket;
}

/** Accepts connections at an address that stays the same. Disposing of it ends all of them. */
export class Connections implements AsyncDisposable {
  readonly #outer: Server;
  readonly #onConnection: (connection: Connection) => void;
  /** The sockets of clients and their numbers, by the port from which each is joined to the TLS behind. */
  readonly #joined = new Map<number, PromiseWithResolvers<Client>>();
  readonly #sockets = new Set<Socket>();
  #inner: Deno.TlsListener;
  #accepted = 0;

  private constructor(identity: Identity, onConnection: (connection: Connection) => void) {
    this.#onConnection = onConnection;
    this.#inner = this.#listen(identity);
    this.#outer = createServer((socket) => this.#join(socket));
  }

  static async start(
    identity: Identity,
    onConnection: (connection: Connection) => void,
  ): Promise<Connections> {
    const connections = new Connections(identity, onConnection);
    await new Promise<void>((resolve) => void connections.#outer.listen(0, "127.0.0.1", resolve));
    return connections;
  }

  get port(): number {
    return (this.#outer.address() as AddressInfo).port;
  }

  /** How many were ever accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Shows another certificate from now on, and breaks what is open. */
  present(identity: Identity): void {
    this.#inner.close();
    this.#inner = this.#listen(identity);
    this.reset();
  }

  /** Breaks every connection. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = [...this.#sockets].map((socket) =>
      new Promise((resolve) => socket.once("close", resolve))
    );
    const stopped = new Promise<void>((resolve) => void this.#outer.close(() => resolve()));
    this.reset();
    await Promise.all([...closed, stopped]);
    this.#inner.close();
  }

  #listen({ certPem: cert, keyPem: key }: Identity): Deno.TlsListener {
    const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
    void this.#accept(listener);
    return listener;
  }

  #join(outside: Socket): void {
    const { port } = this.#inner.addr as Deno.NetAddr;
    const number = this.#accepted++;
    this.#sockets.add(outside);
    outside.setNoDelay(true);
    const inside = connect(port, "127.0.0.1", () => {
      inside.setNoDelay(true);
      this.#clientAt(inside.localPort!).resolve({ number, outside });
      outside.pipe(inside).pipe(outside);
    });
    inside.on("error", () => outside.destroy()).once("close", () => outside.destroySoon());
    outside.on("error", () => {}).once("close", () => {
      this.#sockets.delete(outside);
      inside.destroy();
    });
  }

  async #accept(listener: Deno.TlsListener): Promise<void> {
    try {
      for await (const tls of listener) {
        const { port } = tls.remoteAddr as Deno.NetAddr;
        const { number, outside } = await this.#clientAt(port).promise;
        this.#joined.delete(port);
        this.#onConnection(new Connection(number, tls, outside));
      }
    } catch {
      // Closed for another certificate, or for good.
    }
  }

  #clientAt(port: number): PromiseWithResolvers<Client> {
    const waiting = this.#joined.get(port) ?? Promise.withResolvers<Client>();
    this.#joined.set(port, waiting);
    return waiting;
  }
}
