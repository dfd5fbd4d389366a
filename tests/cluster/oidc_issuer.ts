// An OIDC issuer on loopback that exchanges refresh-tokens, each once, for signed id-tokens that a real API server accepts.

import { certificate } from "../support/certificates/mod.ts";

/** A running issuer; disposing of it ends it. */
export interface OidcIssuer extends AsyncDisposable {
  readonly url: string;
  /** How often it gave new tokens. */
  readonly given: number;
}

/** Starts one, which knows one user; the first refresh-token is "refresh-0", the next "refresh-1". */
export async function startIssuer(
  client: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<OidcIssuer> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = { ...await crypto.subtle.exportKey("jwk", publicKey), kid: "1", alg: "ES256", use: "sig" };
  let given = 0;

  const sign = async (origin: string): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: origin, aud: client, iat: now, exp: now + 600, ...claims };
    const content = [{ alg: "ES256", kid: "1" }, payload].map((part) => encode(JSON.stringify(part))).join(
      ".",
    );
    return `${content}.${
      encode(await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(content)))
    }`;
  };
  const exchange = async (request: Request, origin: string): Promise<Response> => {
    const asked = new URLSearchParams(await request.text());
    if (asked.get("client_id") !== client || asked.get("refresh_token") !== `refresh-${given}`) {
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    given++;
    return Response.json({
      token_type: "Bearer",
      id_token: await sign(origin),
      refresh_token: `refresh-${given}`,
    });
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...certificate("server"), onListen() {} },
    async (request): Promise<Response> => {
      const { pathname, origin } = new URL(request.url);
      switch (pathname) {
        case "/.well-known/openid-configuration":
          return Response.json({
            issuer: origin,
            token_endpoint: `${origin}/token`,
            jwks_uri: `${origin}/keys`,
            response_types_supported: ["id_token"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["ES256"],
          });
        case "/keys":
          return Response.json({ keys: [jwk] });
        default:
          return await exchange(request, origin);
      }
    },
  );
  return {
    url: `https://127.0.0.1:${server.addr.port}`,
    get given() {
      return given;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function encode(value: string | ArrayBuffer): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : new Uint8Array(value);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
