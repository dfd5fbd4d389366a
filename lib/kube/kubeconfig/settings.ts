/** The settings of a kubeconfig that do not work here: each is refused in one sentence, none is ignored in silence. */

import { CredentialsError } from "../../api/errors.ts";
import type { Entry } from "./file.ts";

/** What of a cluster's entry is used as it is. */
export interface ClusterSettings {
  /** For example `https://10.0.0.1:443`, without a slash at the end. */
  readonly server: string;
  /** The proxy's URL, which may hold a password. */
  readonly proxy: string | undefined;
}

/**
 * The server of `cluster` and how to get there.
 *
 * @throws {CredentialsError} naming the first setting that does not work here, and what to do instead
 */
export function clusterSettings(cluster: Entry, context: string): ClusterSettings {
  const refuse = (setting: string, instead: string) => {
    throw new CredentialsError(`Context "${context}" uses ${setting}, which is not supported: ${instead}.`);
  };
  const [server = "", proxy] = [cluster.text("server"), cluster.text("proxy-url")];
  // An address is not repeated where it may hold a password.
  if (/^https?:\/\/[^/]*@/.test(server)) {
    refuse("a user name in the server's address", "put a token or a client certificate into the user entry");
  }
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? "")) {
    refuse(`the server address "${server}"`, "write it as https://host:port");
  }
  if (cluster.isOn("insecure-skip-tls-verify")) {
    refuse("insecure-skip-tls-verify", "put the cluster's CA into certificate-authority");
  }
  if (cluster.text("tls-server-name") !== undefined) {
    refuse("tls-server-name", "use a server address that the certificate names");
  }
  if (proxy !== undefined && !/^(https?|socks5h?):$/.test(URL.parse(proxy)?.protocol ?? "")) {
    refuse("a proxy-url that is no address of an HTTP or SOCKS 5 proxy", "write it as http://host:port");
  }
  return { server: server.replace(/\/+$/, ""), proxy };
}
