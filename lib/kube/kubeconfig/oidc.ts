/** Who an OIDC provider says that we are: the id-token in the kubeconfig and, once that expires, those it is exchanged for. */

import { CredentialsError } from "../../api/errors.ts";
import { bearer } from "../credentials.ts";
import type { Entry } from "./file.ts";
import type { IdentitySource } from "./identity.ts";
import { refreshTokens } from "./oidc_refresh.ts";
import { pemSource } from "./pem.ts";

/** Providers that kubectl knew once, and the plugins that took their place. */
const FORMER: ReadonlyMap<string, string> = new Map([
  ["gcp", "the credential plugin gke-gcloud-auth-plugin"],
  ["azure", "the credential plugin kubelogin"],
]);

/**
 * The identity of a user whose `auth-provider` that is.
 *
 * @throws {CredentialsError} when it is not OIDC, or says too little
 */
export function oidcIdentity(provider: Entry, origin: string): IdentitySource {
  const name = provider.text("name") ?? "";
  if (name !== "oidc") {
    const plugin = FORMER.get(name);
    throw new CredentialsError(
      `The auth-provider "${name}" of ${origin} is not supported: ` +
        `use ${plugin ?? "a credential plugin"} in its place.`,
    );
  }
  const config = provider.part("config") ?? provider;
  const ca = pemSource(config, "idp-certificate-authority", origin);
  let [idToken, refreshToken] = [config.text("id-token"), config.text("refresh-token")];
  const renew = async (): Promise<string> => {
    const [issuer, clientId] = [config.text("idp-issuer-url"), config.text("client-id")];
    if (refreshToken === undefined || issuer === undefined || clientId === undefined) {
      throw new CredentialsError(
        `The id-token of ${origin} has expired or is missing, and to renew it the kubeconfig would have to hold ` +
          "refresh-token, idp-issuer-url and client-id: log in again.",
      );
    }
    const client = { id: clientId, secret: config.text("client-secret") };
    const tokens = await refreshTokens({ issuer, ca: await ca.read(), client, refreshToken, origin });
    // Some issuers take each refresh-token once.
    refreshToken = tokens.refreshToken ?? refreshToken;
    return idToken = tokens.idToken;
  };
  let renewing: Promise<string> | undefined;
  return {
    trustsSystem: !ca.isGiven,
    async current() {
      if (idToken !== undefined && expiryOf(idToken) > Date.now()) return { authorization: bearer(idToken) };
      renewing ??= renew().finally(() => renewing = undefined);
      return { authorization: bearer(await renewing) };
    },
    // Another token of the same person would be rejected, too; it is renewed when it expires.
    forget() {},
  };
}

/** When a JWT expires, in milliseconds since 1970; never, as far as one can tell who cannot read it. */
function expiryOf(token: string): number {
  try {
    const claims = Uint8Array.fromBase64(token.split(".")[1] ?? "", { alphabet: "base64url" });
    const { exp } = JSON.parse(new TextDecoder().decode(claims));
    return typeof exp === "number" ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
