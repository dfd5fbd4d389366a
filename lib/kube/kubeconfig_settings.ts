/** The settings of a kubeconfig that do not work here: each is refused in one sentence, none is ignored in silence. */

import type { Cluster, User } from "@kubernetes/client-node";
import { CredentialsError } from "../api/errors.ts";

/** Settings of a user that the library reads past, and what to do without them. */
const UNREAD = {
  tokenFile: "put the token into token, or use an exec plugin",
  "as-uid": "use credentials of that user's own",
  "as-groups": "use credentials of a member of those groups",
  "as-user-extra": "use credentials of that user's own",
};

/** What a context leads to. */
export interface Entries {
  readonly cluster: Cluster;
  readonly user: User;
  /** The setting of `user` that the library read past. */
  readonly unread: string | undefined;
  readonly context: string;
}

/** The first such setting of each user in a kubeconfig as its YAML says it, by the user's name. */
export function unreadSettings(kubeconfig: unknown): Map<string, string> {
  const { users } = (kubeconfig ?? {}) as { users?: unknown };
  const found = new Map<string, string>();
  for (const entry of Array.isArray(users) ? users : []) {
    const { name, user } = (entry ?? {}) as {
      name?: unknown;
      user?: Readonly<Record<string, unknown>> | null;
    };
    const setting = Object.keys(UNREAD).find((setting) => user?.[setting]);
    if (setting !== undefined && !found.has(String(name))) found.set(String(name), setting);
  }
  return found;
}

/**
 * Refuses what neither the runtime nor the library has a switch for.
 *
 * @throws {CredentialsError} naming the first such setting, and what to do instead
 */
export function refuseUnsupported({ cluster, user, unread, context }: Entries): void {
  const refuse = (setting: string, instead: string) => {
    throw new CredentialsError(`Context "${context}" uses ${setting}, which is not supported: ${instead}.`);
  };
  if (!URL.canParse(cluster.server) || !/^https?:$/.test(new URL(cluster.server).protocol)) {
    refuse(`the server address "${cluster.server}"`, "write it as https://host:port");
  }
  if (/^https?:\/\/[^/]*@/.test(cluster.server)) {
    refuse("a user name in the server's address", "put a token or a client certificate into the user entry");
  }
  if (cluster.skipTLSVerify) {
    refuse("insecure-skip-tls-verify", "put the cluster's CA into certificate-authority");
  }
  if (cluster.tlsServerName) refuse("tls-server-name", "use a server address that the certificate names");
  // Neither address is repeated: it may hold a password.
  if (cluster.proxyUrl && !/^(https?|socks5h?):$/.test(URL.parse(cluster.proxyUrl)?.protocol ?? "")) {
    refuse("a proxy-url that is no address of an HTTP or SOCKS 5 proxy", "write it as http://host:port");
  }
  if (user.username) refuse("a username and password", "API servers accept a token or a client certificate");
  for (const [setting, instead] of Object.entries(UNREAD)) if (setting === unread) refuse(setting, instead);
}
