/** Credentials from kubeconfig files: which context, which cluster and user of it, and how they become an access. */

import { CredentialsError } from "../api/errors.ts";
import { escapeText } from "../api/text.ts";
import { type Access, type Credentials, sameIdentity, sendable } from "./credentials.ts";
import { Entry, readKubeconfig } from "./kubeconfig/file.ts";
import { impersonationHeaders } from "./kubeconfig/impersonation.ts";
import { clientCertificate, pemSource } from "./kubeconfig/pem.ts";
import type { PluginSurroundings } from "./kubeconfig/plugin.ts";
import { clusterSettings } from "./kubeconfig/settings.ts";
import { identityOf } from "./kubeconfig/user.ts";

/** Which kubeconfig to use. */
export interface KubeconfigChoice extends PluginSurroundings {
  /** The files to merge; of entries with one name the first counts, as for kubectl. */
  readonly paths: readonly string[];
  /** The context to use instead of the files' current one. */
  readonly context: string | undefined;
}

/** A context, and the entries that it leads to. */
interface Chosen {
  readonly name: string;
  readonly cluster: Entry;
  /** Undefined when the context names none. */
  readonly user: Entry | undefined;
}

/**
 * The credentials of a kubeconfig's context.
 *
 * @throws {CredentialsError} in one sentence: a file that cannot be read or parsed, an unknown context, a setting that
 *   does not work here
 */
export async function kubeconfigCredentials(choice: KubeconfigChoice): Promise<Credentials> {
  const { name, cluster, user } = await choose(choice);
  const origin = `context "${escapeText(name)}"${user === undefined ? ", which names no user" : ""}`;
  const { server, proxy } = clusterSettings(cluster, name);
  // As with kubectl, no credentials travel in the clear: a server without TLS, such as `kubectl proxy`, has its own.
  const who = user !== undefined && server.startsWith("https:") ? user : new Entry("nobody", {}, "");
  const headers = impersonationHeaders(user ?? who, origin);
  const identity = identityOf(who, cluster, { ...choice, origin });
  const certificate = clientCertificate(who, origin);
  const ca = pemSource(cluster, "certificate-authority", origin);
  let latest: Access | undefined;
  return {
    server,
    origin,
    renews: false,
    trustsSystem: !ca.isGiven || identity.trustsSystem,
    async access() {
      const [caPem, client, { authorization, ...own }] = await Promise.all([
        ca.read(),
        certificate.read(),
        identity.current(),
      ]);
      latest = {
        headers: sendable({ ...headers, ...(authorization !== undefined && { authorization }) }, origin),
        tls: { ca: caPem, client: client ?? own.client },
        ...(proxy !== undefined && { proxy }),
      };
      return latest;
    },
    rejected(access) {
      if (latest === undefined || !sameIdentity(access, latest)) return;
      for (const source of [ca, certificate, identity]) source.forget();
    },
  };
}

async function choose({ paths, context }: KubeconfigChoice): Promise<Chosen> {
  const where = paths.join(", ");
  const files = (await Promise.all(paths.map(readKubeconfig))).filter((file) => file !== undefined);
  if (files.length === 0) {
    throw new CredentialsError(
      `Cannot read the kubeconfig ${where}: it is empty. Check the file or pass --kubeconfig.`,
    );
  }
  const all = (entries: "clusters" | "users" | "contexts") => firstByName(files.map((file) => file[entries]));
  const contexts = all("contexts");
  const known = [...contexts.keys()].join(", ") || "none";
  const name = context ??
    files.map(({ currentContext }) => currentContext).find((name) => name !== undefined);
  if (name === undefined) {
    throw new CredentialsError(`No current context in ${where}. Pass --context (known: ${known}).`);
  }
  const entry = contexts.get(name);
  if (entry === undefined) {
    throw new CredentialsError(`Unknown context "${name}" in ${where}. Known contexts: ${known}.`);
  }
  const [clusterName, userName] = [entry.text("cluster"), entry.text("user")];
  const follow = (kind: "cluster" | "user", named: string | undefined) => {
    const found = all(`${kind}s`).get(named ?? "");
    if (found !== undefined) return found;
    const said = named === undefined ? `no ${kind}` : `the ${kind} "${named}", which is not there`;
    throw new CredentialsError(`Context "${name}" in ${where} names ${said}.`);
  };
  const cluster = follow("cluster", clusterName);
  return { name, cluster, user: userName === undefined ? undefined : follow("user", userName) };
}

function firstByName(maps: readonly ReadonlyMap<string, Entry>[]): ReadonlyMap<string, Entry> {
  const merged = new Map<string, Entry>();
  for (const [name, entry] of maps.flatMap((map) => [...map])) if (!merged.has(name)) merged.set(name, entry);
  return merged;
}
