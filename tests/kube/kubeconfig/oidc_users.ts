/** OIDC users in a kubeconfig, and an issuer that renews their id-tokens. */

import { certificate } from "../../support/certificates/mod.ts";
import { oneContext } from "../../support/kubeconfig_files.ts";

/** The issuer's CA, as a setting. */
export const CA = { "idp-certificate-authority-data": btoa(certificate("ca").cert) };

/** An id-token that expires after so many seconds. */
export function idToken(seconds: number, subject = "jane"): string {
  const part = (value: object) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  return `${part({ alg: "none" })}.${part({ sub: subject, exp: Math.floor(Date.now() / 1000) + seconds })}.x`;
}

/** What an issuer was asked for its tokens. */
export interface Asked {
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}

/** An issuer on loopback; `answer` gives its answer to the first request for tokens, the second, … */
export function issuer(
  answer: (asked: number) => Response | object,
  discovered: Record<string, unknown> = {},
) {
  const asked: Asked[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...certificate("server"), onListen() {} },
    async (request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      if (pathname === "/realm/.well-known/openid-configuration") {
        return Response.json({ issuer: url, token_endpoint: `${url}/token`, ...discovered });
      }
      if (pathname !== "/realm/token") return new Response(null, { status: 404 });
      const form = Object.fromEntries(new URLSearchParams(await request.text()));
      asked.push({ authorization: request.headers.get("authorization"), form });
      const given = answer(asked.length);
      return given instanceof Response ? given : Response.json(given);
    },
  );
  const url = `https://127.0.0.1:${server.addr.port}/realm`;
  return { url, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A kubeconfig whose user has those settings of OIDC. */
export const withOidc = (config: Record<string, unknown>) =>
  oneContext({ user: { token: undefined, "auth-provider": { name: "oidc", config } } });

/** All that it takes to renew. */
export const renewable = (url: string, more: Record<string, unknown> = {}) =>
  withOidc({
    ...CA,
    "idp-issuer-url": url,
    "client-id": "kubernetes",
    "refresh-token": "refresh-1",
    "id-token": idToken(-10),
    ...more,
  });
