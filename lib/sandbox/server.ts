/** Listens on the loopback address; with TLS unless told otherwise, since kubectl sends its token nowhere else. */

import { Buffer } from "node:buffer";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createCertificateAuthority } from "./certificates.ts";
import { exchange, type Handler } from "./exchange.ts";

/** What a server shows to prove itself, and what its clients trust. All PEM. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A certificate of one's own for the loopback address. */
export function selfSigned(): Tls {
  const authority = createCertificateAuthority();
  const { certPem, keyPem } = authority.issueServer();
  return { cert: certPem, key: keyPem, ca: authority.certPem };
}

const HOST = "127.0.0.1";

/** A server that listens. */
export interface Listener {
  readonly url: string;
  /** Ends it, and what is under way. */
  close(): Promise<void>;
}

/**
 * Serves `handler` on a port of 127.0.0.1; 0 takes a free one. By node's server, as it sends small answers at once:
 * `Deno.serve` leaves Nagle's algorithm on under TLS, and each takes 44 ms.
 *
 * @throws {Deno.errors.AddrInUse} and {Deno.errors.NotCapable}
 */
export async function listen(handler: Handler, port: number, tls: Tls | undefined): Promise<Listener> {
  const settings = { noDelay: true, keepAliveTimeout: 0 };
  // Imported at the top they would be loaded by every command: a bundle begins with what it does not hold.
  const server = tls === undefined
    ? (await import("node:http")).createServer(settings)
    : (await import("node:https")).createServer({ ...settings, cert: tls.cert, key: tls.key });
  server.on("request", (incoming, outgoing) => exchange(handler, incoming, outgoing));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // A port that is taken or not permitted is refused here: node's server would throw the latter at nobody.
  Deno.listen({ hostname: HOST, port }).close();
  server.listen(port, HOST);
  await once(server, "listening");
  return {
    url: `${tls === undefined ? "http" : "https"}://${HOST}:${(server.address() as { port: number }).port}`,
    async close() {
      server.close();
      // All of them: the server itself knows only of those that have shaken hands.
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** A kubeconfig with the one context "sandbox"; `ca` is the authority to trust, if there is TLS. */
export function toKubeconfig(url: string, token: string, ca: string | undefined): string {
  const trust = ca === undefined
    ? ""
    : `\n      certificate-authority-data: ${Buffer.from(ca).toString("base64")}`;
  return `apiVersion: v1
kind: Config
clusters:
  - name: sandbox
    cluster:
      server: ${url}${trust}
users:
  - name: admin
    user:
      token: ${JSON.stringify(token)}
contexts:
  - name: sandbox
    context:
      cluster: sandbox
      user: admin
current-context: sandbox
`;
}
