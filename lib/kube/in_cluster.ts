/** The credentials of a pod's service account: three files that the kubelet renews. */

import { CredentialsError } from "../api/errors.ts";
import { type Access, type Credentials, sendable } from "./credentials.ts";

/** Where the kubelet puts a service account's files. */
export const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The service account in `directory`, for the API server at `server`. */
export function inClusterCredentials(server: string, directory = SERVICE_ACCOUNT_DIR): Credentials {
  const origin = "the pod's service account";
  const [tokenFile, caFile] = [`${directory}/token`, `${directory}/ca.crt`];
  let known: { readonly version: string; readonly access: Access } | undefined;
  return {
    server,
    origin,
    renews: true,
    async access() {
      try {
        const version = `${await fileVersion(tokenFile)} ${await fileVersion(caFile)}`;
        if (known?.version !== version) {
          const [token, ca] = await Promise.all([Deno.readTextFile(tokenFile), Deno.readTextFile(caFile)]);
          const access = {
            headers: sendable({ authorization: `Bearer ${token.trim()}` }, origin),
            tls: { ca, client: undefined },
          };
          known = { version, access };
        }
        return known.access;
      } catch (error) {
        if (!(error instanceof Error) || error instanceof CredentialsError) throw error;
        throw new CredentialsError(
          `Cannot read the service account in ${directory}: ${error.message}. ` +
            "Is automountServiceAccountToken on for this pod?",
          { cause: error },
        );
      }
    },
    rejected() {
      known = undefined;
    },
  };
}

/** Changes whenever the file does; the kubelet swaps a link to a new folder, so the inode tells even within a second. */
async function fileVersion(path: string): Promise<string> {
  const { mtime, ino, size } = await Deno.stat(path);
  return `${mtime?.getTime()}/${ino}/${size}`;
}
