/** What it takes to talk to one API server as somebody: the port that every kind of credential implements. */

import { CredentialsError } from "../api/errors.ts";

/** The headers that say who we are, among them `authorization`; several values are several headers. Never logged. */
export type IdentityHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A client's certificate and its key, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** How to connect and who to be, as of now. */
export interface Access {
  /** Sent with each request. */
  readonly headers: IdentityHeaders;
  readonly tls: {
    /** PEM; the system's authorities when left out. */
    readonly ca: string | undefined;
    /** For TLS client authentication. */
    readonly client: ClientCertificate | undefined;
  };
  /** The URL of the proxy to go through, which may hold a password; straight to the server when left out. */
  readonly proxy?: string | undefined;
}

/** One API server and one identity, either of which may change under way. */
export interface Credentials {
  /** For example `https://10.0.0.1:443`, without a slash at the end. */
  readonly server: string;
  /** Where this comes from, as a person would say it: `context "kind-dev"`. */
  readonly origin: string;
  /** Whether a rejection may heal by itself: a service account's token is renewed, a kubeconfig's is not. */
  readonly renews: boolean;
  /** Whether anybody is trusted because the system does, since no CA was given; known before the first connection. */
  readonly trustsSystem: boolean;
  /**
   * The namespace that we run in; left out where we run in none.
   *
   * @throws {CredentialsError} when it cannot be read
   */
  namespace?(): Promise<string>;
  /**
   * The access as of now, at once where it is known; read again whenever its source has changed.
   *
   * @throws {CredentialsError} when the source cannot be read or used, from the promise
   */
  access(): Access | Promise<Access>;
  /** The server has rejected that access: if it is still the latest, the next call asks its source again. */
  rejected(access: Access): void;
}

/** Whether both lead to the same connections, so that a client made for one serves the other. */
export function sameConnections(a: Access, b: Access): boolean {
  return a.tls.ca === b.tls.ca && a.tls.client?.cert === b.tls.client?.cert &&
    a.tls.client?.key === b.tls.client?.key && a.proxy === b.proxy;
}

/** Whether a server that rejects one rejects the other. */
export function sameIdentity(a: Access, b: Access): boolean {
  return sameConnections(a, b) && a.headers.authorization === b.headers.authorization;
}

/**
 * `headers`, once it is sure that they can be sent: the runtime would quote one that cannot, token and all.
 *
 * @throws {CredentialsError} naming the header and `origin`, and never the value
 */
export function sendable(headers: IdentityHeaders, origin: string): IdentityHeaders {
  for (const [name, values] of Object.entries(headers)) {
    if ([values].flat().every((value) => /^[\x20-\x7e]+$/.test(value))) continue;
    const what = name === "authorization" ? "token" : `${name} header`;
    throw new CredentialsError(
      `The ${what} of ${origin} cannot be sent: it is empty, or holds a line break or another character that is not ` +
        "printable ASCII. Write it again without.",
    );
  }
  return headers;
}

/** The value of `authorization` for a token; empty, and so not {@linkcode sendable}, when the token is. */
export function bearer(token: string): string {
  return token === "" ? "" : `Bearer ${token}`;
}
