/** The runtime's HTTP client: connections that are used again and again, through proxies, too. */

import { CredentialsError } from "../api/errors.ts";
import { escapeText } from "../api/text.ts";
import { abortableBody } from "./abortable_body.ts";
import { type Access, sameConnections } from "./credentials.ts";
import type { Wire } from "./wire.ts";

/** What the runtime says of certificates and keys, and what it means. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/KeyMismatch/, "the client key is of another certificate"],
  [/UnsupportedCertVersion/, "the client certificate is of X.509 version 1, not 3"],
  [/No keys found|Unable to decode key/, "the client key is none that can be read"],
  [/No certificates found/, "there is no certificate where one should be"],
];

/** One such client, made anew when certificates or the proxy change. */
export class RuntimeClient {
  #current: { readonly access: Access; readonly client: Deno.HttpClient } | undefined;

  readonly send: Wire = async (
    { url, method, headers, body },
    access,
    { origin, life, toError, beforeSending },
  ) => {
    if (this.#current === undefined || !sameConnections(this.#current.access, access)) {
      const client = createClient(access, origin);
      this.close();
      this.#current = { access, client };
    }
    const { client } = this.#current;
    beforeSending();
    const response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body !== undefined && { body }),
      client,
      redirect: "error",
      signal: life.signal,
    });
    if (response.body !== null && response.headers.get("content-length") !== "0") {
      return new Response(abortableBody(response.body, { life, toError }), response);
    }
    // Nobody would read it, and so let go of the connection.
    await response.body?.cancel();
    life[Symbol.dispose]();
    return new Response(null, response);
  };

  /** Ends the connections that nobody uses. */
  close(): void {
    this.#current?.client.close();
    this.#current = undefined;
  }
}

/**
 * A client that trusts the CA of `tls`, if there is one, and shows the certificate of `tls`, if there is one.
 *
 * @throws {CredentialsError} when one of them cannot be used
 */
export function createClient({ tls, proxy }: Pick<Access, "tls" | "proxy">, origin: string): Deno.HttpClient {
  // The runtime takes a CA without a certificate in it for no CA at all, and would trust the system's instead.
  if (tls.ca !== undefined && !tls.ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new CredentialsError(`The CA of ${origin} holds no certificate: check certificate-authority.`);
  }
  try {
    return Deno.createHttpClient({
      http2: false,
      ...(tls.ca !== undefined && { caCerts: [tls.ca] }),
      ...tls.client,
      ...(proxy !== undefined && { proxy: { url: proxy } }),
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [, reason] = KNOWN.find(([pattern]) => pattern.test(said)) ?? [undefined, escapeText(said)];
    throw new CredentialsError(
      `The certificates of ${origin} cannot be used: ${reason}. ` +
        "Check certificate-authority, client-certificate and client-key.",
      { cause: error },
    );
  }
}
