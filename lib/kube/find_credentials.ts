/** Finds the credentials to use: the flags first, then KUBECONFIG, then the pod's own account, then the home folder. */

import { CredentialsError } from "../api/errors.ts";
import type { Credentials } from "./credentials.ts";
import type { PluginSurroundings } from "./kubeconfig/plugin.ts";
import { inClusterCredentials } from "./in_cluster.ts";

/** What the person who started the program asked for. */
export interface CredentialFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** The variables that are looked at, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which variables {@linkcode findCredentials} looks at. */
export const CREDENTIAL_VARIABLES = [
  "KUBECONFIG",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
  "HOME",
  "USERPROFILE",
];

/**
 * The credentials for this run.
 *
 * @throws {CredentialsError} when there are none, or those there are can never be used
 */
export async function findCredentials(
  flags: CredentialFlags,
  environment: Environment,
  surroundings: PluginSurroundings = {},
): Promise<Credentials> {
  const inCluster = environment.KUBERNETES_SERVICE_HOST;
  const asked = flags.kubeconfig !== undefined ? [flags.kubeconfig] : listed(environment.KUBECONFIG);
  if (asked.length === 0 && flags.context === undefined && inCluster) {
    const host = inCluster.includes(":") ? `[${inCluster}]` : inCluster;
    return inClusterCredentials(`https://${host}:${environment.KUBERNETES_SERVICE_PORT ?? "443"}`);
  }
  const home = environment.HOME ?? environment.USERPROFILE;
  const candidates = asked.length > 0 ? asked : home ? [`${home}/.kube/config`] : [];
  // A file of a list may be missing, as for kubectl; one that was named on its own may not.
  const present = candidates.length === 1 && asked.length === 1 ? candidates : await existing(candidates);
  if (present.length === 0) {
    throw new CredentialsError(
      `No kubeconfig found${
        candidates.length > 0 ? ` at ${candidates.join(", ")}` : ""
      }, and this is not a pod. ` +
        "Pass --kubeconfig or set KUBECONFIG.",
    );
  }
  const { kubeconfigCredentials } = await import("./kubeconfig.ts");
  return await kubeconfigCredentials({ ...surroundings, paths: present, context: flags.context });
}

function listed(variable: string | undefined): string[] {
  return (variable ?? "").split(Deno.build.os === "windows" ? ";" : ":").filter((path) => path !== "");
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await isThere(path)) found.push(path);
  return found;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    // What we may not look at may well be there.
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
