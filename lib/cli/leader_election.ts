/** Leader election as the flags say: which lease, under which name, and what to say when it is lost. */

import { LeaseLostError } from "../api/errors.ts";
import type { Line } from "../api/line.ts";
import type { Credentials } from "../kube/credentials.ts";
import { explain } from "../kube/explain.ts";
import { isHopeless } from "../kube/hopeless.ts";
import { createLeaseClient, type LeaseName } from "../kube/lease_client.ts";
import { standBy, type StandbyOptions } from "../operator/stand_by.ts";
import type { ClusterAccess } from "./connect.ts";
import { EXIT, ExitError } from "./exit.ts";
import { systemClock } from "./system_clock.ts";
import { VERSION } from "./version.ts";

/** The flags that are about the lease. */
export interface LeaseFlags {
  readonly leaderElect?: boolean;
  readonly leaseName: string;
  readonly leaseNamespace?: string;
}

/** What an election is held with. */
export interface ElectOptions extends Pick<StandbyOptions, "listenOn" | "log"> {
  readonly flags: LeaseFlags;
  readonly access: ClusterAccess;
  /** Hears whether anybody answers. */
  readonly line: Line;
}

/**
 * Waits until this replica leads, and then calls `lead`.
 *
 * @throws {ExitError} when the lease is lost, or cannot be told
 */
export async function elect(
  { flags, access: { transport, credentials }, line, log, listenOn }: ElectOptions,
  signal: AbortSignal,
  lead: Parameters<typeof standBy>[2],
): Promise<void> {
  const lease = await leaseOf(flags, credentials);
  const named = `${lease.namespace}/${lease.name}`;
  const identity = `${await hostname()}_${crypto.randomUUID()}`;
  log.info("standing for election", { lease: named, identity });
  using client = createLeaseClient(transport, lease, systemClock, line);
  try {
    await standBy(
      {
        lease: client,
        identity,
        clock: systemClock,
        log,
        version: VERSION,
        listenOn,
        memory: () => Deno.memoryUsage(),
        explain: (error) => explain(error, credentials, `hold the lease ${named}`),
        isHopeless: (error) => isHopeless(error, credentials),
      },
      signal,
      lead,
    );
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error;
    const next = `Start it again to stand by. (lease ${named}, ${credentials.origin})`;
    throw new ExitError(EXIT.cluster, `${error.message} ${next}`, { cause: error });
  }
}

/**
 * The lease that the flags name: by default in the namespace that this pod is in.
 *
 * @throws {ExitError} outside of a pod: the namespace of a person's kubeconfig may be another for each replica
 */
export async function leaseOf(
  { leaseName, leaseNamespace }: LeaseFlags,
  credentials: Pick<Credentials, "namespace">,
): Promise<LeaseName> {
  const namespace = leaseNamespace ?? await credentials.namespace?.();
  if (namespace !== undefined) return { namespace, name: leaseName };
  throw new ExitError(
    EXIT.usage,
    "Cannot tell the namespace of the lease, as this is not a pod: pass --lease-namespace, the same for every replica.",
  );
}

/** The pod's name, in a pod; for people, who look at the lease. */
async function hostname(): Promise<string> {
  try {
    return (await Deno.readTextFile("/etc/hostname")).trim() || "kube-devops";
  } catch {
    return "kube-devops";
  }
}
