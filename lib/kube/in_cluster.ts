/** The credentials of a pod's service account: three files that the kubelet renews. */

import { CredentialsError } from "../api/errors.ts";
import { ChangingFile } from "./changing_file.ts";
import { type Access, bearer, type Credentials, sameIdentity, sendable } from "./credentials.ts";

/** Where the kubelet puts a service account's files. */
export const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What the files said counts for so long, or until it is rejected: to look costs as much as a tenth of a request; milliseconds. */
const LOOK_AGAIN_MS = 1_000;

/**
 * The service account in `directory`, for the API server at `server`.
 *
 * @param now milliseconds since whenever
 */
export function inClusterCredentials(
  server: string,
  directory = SERVICE_ACCOUNT_DIR,
  now: () => number = () => performance.now(),
): Credentials {
  const origin = "the pod's service account";
  const tokenFile = new ChangingFile(`${directory}/token`);
  const caFile = new ChangingFile(`${directory}/ca.crt`);
  let looked: { readonly access: Access; readonly at: number } | undefined;
  const reading = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Error) || error instanceof CredentialsError) throw error;
      throw new CredentialsError(
        `Cannot read the service account in ${directory}: ${error.message}. ` +
          "Is automountServiceAccountToken on for this pod?",
        { cause: error },
      );
    }
  };
  return {
    server,
    origin,
    renews: true,
    trustsSystem: false,
    namespace: () => reading(async () => (await Deno.readTextFile(`${directory}/namespace`)).trim()),
    access() {
      const at = now();
      if (looked !== undefined && at - looked.at < LOOK_AGAIN_MS) return looked.access;
      return reading(async () => {
        const token = await tokenFile.read();
        const ca = await caFile.read();
        const headers = sendable({ authorization: bearer(token.trim()) }, origin);
        looked = { access: { headers, tls: { ca, client: undefined } }, at };
        return looked.access;
      });
    },
    rejected(access) {
      if (looked === undefined || !sameIdentity(access, looked.access)) return;
      looked = undefined;
      tokenFile.forget();
      caFile.forget();
    },
  };
}
