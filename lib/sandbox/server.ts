/** Listens on the loopback address, with TLS: kubectl sends its token nowhere else. */

import { Buffer } from "node:buffer";
import { createCertificateAuthority } from "./certificates.ts";

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

/** A server that listens. */
export interface Listener {
  readonly url: string;
  /** Ends it, and what is under way. */
  close(): Promise<void>;
}

/** Serves `handler` on a port of 127.0.0.1; 0 takes a free one. */
export function listen(
  handler: (request: Request) => Promise<Response>,
  port: number,
  { cert, key }: Tls,
): Listener {
  const closing = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    cert,
    key,
    signal: closing.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, handler);
  return {
    url: `https://127.0.0.1:${server.addr.port}`,
    async close() {
      closing.abort();
      await server.finished;
    },
  };
}

/** A kubeconfig with the one context "sandbox". */
export function toKubeconfig(url: string, token: string, ca: string): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: sandbox
    cluster:
      server: ${url}
      certificate-authority-data: ${Buffer.from(ca).toString("base64")}
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
