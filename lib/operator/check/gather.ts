/** Finds out all that `check` judges, with no right but those that it asks about. */

import type { Clock } from "../../api/clock.ts";
import { POLICY_RESOURCE } from "../../api/devops_policy.ts";
import { ApiError } from "../../api/errors.ts";
import type { CollectionOptions, ListWatch } from "../../api/ports.ts";
import { createAccessReviews } from "../../kube/access_reviews.ts";
import { httpCluster } from "../../kube/cluster.ts";
import type { Credentials } from "../../kube/credentials.ts";
import type { LeaseName } from "../../kube/lease_client.ts";
import { readServedCrd } from "../../kube/served_crd.ts";
import { createServerInfo } from "../../kube/server_info.ts";
import type { Transport } from "../../kube/transport.ts";
import { mapBounded } from "../../runtime/bounded.ts";
import { electionPermissions, PERMISSIONS } from "../permissions.ts";
import type { Facts, RightFound, Told, WatchListTry } from "./facts.ts";
import { settledCrd } from "./settled_crd.ts";
import { tryWatchList } from "./try_watch_list.ts";

/** What is asked, and of whom. */
export interface GatherOptions {
  readonly transport: Transport;
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** All namespaces when empty. */
  readonly namespaces: readonly string[];
  /** Of leader election; undefined without. */
  readonly lease: LeaseName | undefined;
  /** Hears of each answer about a right. */
  readonly onRight: (asked: number, of: number) => void;
}

/** Questions about rights that are under way at once. */
const MAX_QUESTIONS = 8;

/**
 * Asks all there is to ask.
 *
 * @throws {ApiError | ConnectionError} when the server cannot be reached, or rejects the credentials
 */
export async function gatherFacts(options: GatherOptions, signal: AbortSignal): Promise<Facts> {
  const { transport, credentials: { server, origin }, clock } = options;
  const info = createServerInfo(transport, clock);
  const version = await info.version(signal);
  // While nothing else is under way: what a server has to do beside it takes time.
  const difference = await info.clockDifference(signal);
  const user = await info.userName(signal);
  const [namespace] = options.namespaces;
  const crd = await told(() =>
    settledCrd(() => readServedCrd(transport, { clock, namespace }, signal), clock, signal)
  );
  const rights = await readRights(options, signal);
  const watchLists = await tryWatchLists(options, { crd, rights }, signal);
  return { server, origin, version, clock: difference, user, crd, rights, watchLists };
}

function readRights(
  { transport, clock, namespaces, lease, onRight }: GatherOptions,
  signal: AbortSignal,
): Promise<RightFound[]> {
  const reviews = createAccessReviews(transport, clock);
  const scopes = namespaces.length === 0 ? [undefined] : namespaces;
  const questions = [
    ...scopes.flatMap((namespace) => PERMISSIONS.map((permission) => ({ permission, namespace }))),
    ...(lease === undefined ? [] : electionPermissions(lease.name).map((permission) => ({
      permission,
      namespace: lease.namespace,
    }))),
  ];
  let asked = 0;
  return mapBounded(questions, MAX_QUESTIONS, async ({ permission, namespace }) => {
    const allowed = await told(() => reviews.isAllowed(permission, namespace, signal));
    onRight(++asked, questions.length);
    return { permission, namespace, allowed };
  });
}

/** Tries what the operator would do first, for each collection in the first namespace where that may work. */
function tryWatchLists(
  { transport, clock }: GatherOptions,
  { crd, rights }: Pick<Facts, "crd" | "rights">,
  signal: AbortSignal,
): Promise<Facts["watchLists"]> {
  const cluster = httpCluster(transport, clock);
  const isMissing = "told" in crd && crd.told === undefined;
  const collections: readonly {
    readonly resource: string;
    readonly open: (options: CollectionOptions) => ListWatch<unknown>;
    readonly missing?: string;
  }[] = [
    { resource: "pods", open: (options) => cluster.pods(options) },
    {
      resource: POLICY_RESOURCE.plural,
      open: (options) => cluster.policies(options),
      ...(isMissing && { missing: "there is no CRD" }),
    },
  ];
  return Promise.all(collections.map(async ({ resource, open, missing }) => {
    const watchable = rights.find(({ permission, allowed }) =>
      permission.resource === resource && permission.verb === "watch" && "told" in allowed && allowed.told
    );
    const why = missing ?? (watchable === undefined ? "watching is not allowed" : undefined);
    const tried: WatchListTry = why !== undefined
      ? { result: "untried", why }
      : await tryWatchList((options) => open({ ...options, namespace: watchable?.namespace }), clock, signal);
    return { resource, tried };
  }));
}

/** What `ask` brings, or its refusal; credentials that are rejected bring nothing at all. */
async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { told: await ask() };
  } catch (error) {
    if (error instanceof ApiError && error.code !== 401) return { refused: error };
    throw error;
  }
}
