/** The runtime's HTTP client: connections that are used again and again, through proxies, too. */

import { escapeText } from "../api/text.ts";
import { abortableBody } from "./abortable_body.ts";
import { certificateProblem, requireCertificate, unusable } from "./certificate_problem.ts";
import { type Access, sameConnections } from "./credentials.ts";
import type { Wire } from "./wire.ts";

/** One such client, made anew when certificates or the proxy change. */
export class RuntimeClient {
  #current: { readonly access: Access; readonly client: Deno.HttpClient } | undefined;

  readonly send: Wire = async ({ url, method, headers, body }, access, { origin, life }) => {
    if (this.#current === undefined || !sameConnections(this.#current.access, access)) {
      const client = createClient(access, origin);
      this.close();
      this.#current = { access, client };
    }
    const { client } = this.#current;
    const response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body !== undefined && { body }),
      client,
      redirect: "error",
      signal: life.signal,
    });
    if (response.body !== null) return new Response(abortableBody(response.body, life), response);
    life[Symbol.dispose]();
    return response;
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
  requireCertificate(tls.ca, origin);
  try {
    return Deno.createHttpClient({
      http2: false,
      ...(tls.ca !== undefined && { caCerts: [tls.ca] }),
      ...tls.client,
      ...(proxy !== undefined && { proxy: { url: proxy } }),
    });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw certificateProblem(error, origin) ?? unusable(escapeText(said), origin, error);
  }
}
