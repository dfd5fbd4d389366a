/** Connects a command to the cluster that its flags and the environment name. */

import { ApiError, ConnectionError, CredentialsError } from "../api/errors.ts";
import type { Credentials } from "../kube/credentials.ts";
import { explain } from "../kube/explain.ts";
import { CREDENTIAL_VARIABLES, type CredentialFlags, findCredentials } from "../kube/find_credentials.ts";
import { PROXY_VARIABLES, proxyVariable, proxyWarning } from "../kube/proxies.ts";
import { Transport } from "../kube/transport.ts";
import { readEnvironment, requireEnvironment } from "./environment.ts";
import { EXIT, ExitError } from "./exit.ts";
import { decideTrust } from "./trust.ts";
import { VERSION } from "./version.ts";

/** The credentials and the transport of one command. */
export interface ClusterAccess {
  readonly credentials: Credentials;
  readonly transport: Transport;
  /** What the person should know of how the server is reached, in one sentence. */
  readonly warning: string | undefined;
}

/**
 * Runs `command` with access to the cluster, and closes it.
 *
 * @throws {ExitError} with the exit code for cluster or credentials, when they are why it failed
 */
export async function withClusterAccess<T>(
  flags: CredentialFlags,
  what: string,
  command: (access: ClusterAccess) => Promise<T>,
): Promise<T> {
  const { credentials, warning, isProxied } = await prepare(flags).catch((error) => {
    throw error instanceof CredentialsError
      ? new ExitError(EXIT.cluster, error.message, { cause: error })
      : error;
  });
  const transport = new Transport({ credentials, userAgent: `kube-devops/${VERSION}`, isProxied });
  try {
    return await command({ credentials, transport, warning });
  } catch (error) {
    const known = error instanceof ApiError || error instanceof ConnectionError ||
      error instanceof CredentialsError;
    throw known ? new ExitError(EXIT.cluster, explain(error, credentials, what), { cause: error }) : error;
  } finally {
    transport.close();
  }
}

/** The credentials, once they have proven to be there, and what the environment makes of the way to their server. */
async function prepare(
  flags: CredentialFlags,
): Promise<Pick<ClusterAccess, "credentials" | "warning"> & { readonly isProxied: boolean }> {
  const environment = {
    ...(flags.kubeconfig === undefined ? requireEnvironment(CREDENTIAL_VARIABLES) : {}),
    ...readEnvironment(PROXY_VARIABLES),
  };
  const terminal = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  const credentials = await findCredentials(flags, environment, { terminal });
  decideTrust(credentials);
  const warning = proxyWarning(credentials, await credentials.access(), environment);
  const isProxied = proxyVariable(credentials.server, environment) !== undefined;
  return { credentials, warning, isProxied };
}
