/** Who the user of a kubeconfig is: by the one of its settings that counts. */

import { bearer } from "../credentials.ts";
import type { Entry } from "./file.ts";
import type { Identity, IdentitySource } from "./identity.ts";
import { oidcIdentity } from "./oidc.ts";
import { fileSource } from "./pem.ts";
import { pluginIdentity, type PluginSurroundings } from "./plugin.ts";

/**
 * The identity of `user` for `cluster`, beside its client certificate.
 *
 * @throws {CredentialsError} when it is of a kind that does not work here
 */
export function identityOf(
  user: Entry,
  cluster: Entry,
  options: PluginSurroundings & { readonly origin: string },
): IdentitySource {
  const [token, tokenFile, name] = [user.text("token"), user.path("tokenFile"), user.text("username")];
  const [exec, provider] = [user.part("exec"), user.part("auth-provider")];
  if (tokenFile !== undefined) return tokenFileIdentity(tokenFile, token, options.origin);
  if (token !== undefined) return fixedIdentity({ authorization: bearer(token) });
  if (name !== undefined) {
    const pair = new TextEncoder().encode(`${name}:${user.text("password") ?? ""}`);
    return fixedIdentity({ authorization: `Basic ${pair.toBase64()}` });
  }
  if (exec !== undefined) return pluginIdentity(exec, cluster, options);
  if (provider !== undefined) return oidcIdentity(provider, options.origin);
  return fixedIdentity({});
}

function fixedIdentity(identity: Identity): IdentitySource {
  return { trustsSystem: false, current: () => Promise.resolve(identity), forget() {} };
}

/** The token in a file; while that cannot be read, `fallback`, as for kubectl. */
function tokenFileIdentity(path: string, fallback: string | undefined, origin: string): IdentitySource {
  const file = fileSource(path, `tokenFile of ${origin}`);
  return {
    trustsSystem: false,
    async current() {
      const token = await file.read().catch((error) => {
        if (fallback !== undefined) return fallback;
        throw error;
      });
      return { authorization: bearer(token.trim()) };
    },
    forget: () => file.forget(),
  };
}
