/** The lease of an election, over HTTP on connections of its own. */

import type { Clock } from "../api/clock.ts";
import { FIELD_MANAGER } from "../api/devops_policy.ts";
import { ApiError, ConnectionError } from "../api/errors.ts";
import type { Line } from "../api/line.ts";
import type { Lease, LeaseClaim, LeaseClient } from "../api/ports.ts";
import { type Call, createCalls, undefinedOn } from "./calls.ts";
import { createApiClient } from "./client.ts";
import type { components } from "./generated/api.ts";
import type { Transport } from "./transport.ts";

type LeaseObject = components["schemas"]["io.k8s.api.coordination.v1.Lease"];

/** Which lease. */
export interface LeaseName {
  readonly namespace: string;
  readonly name: string;
}

/** A client that is closed when it is disposed of. */
export interface ClosableLeaseClient extends LeaseClient, Disposable {}

/** For how long somebody leads who does not say: as long as anybody does who follows the custom; seconds. */
const UNSAID_SECONDS = 15;

/**
 * A client for the lease of that name. No watch or write of others holds up its calls, and a connection that has failed
 * once is not used again: it may be frozen.
 *
 * What its calls meet is told to `line`. The times in a lease are for people. They are written, and never read: nobody's clock is trusted.
 */
export function createLeaseClient(
  transport: Transport,
  { namespace, name }: LeaseName,
  clock: Clock,
  line?: Line,
): ClosableLeaseClient {
  const { server } = transport;
  const api = createApiClient(transport);
  const collection = "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases";
  const query = { fieldManager: FIELD_MANAGER };
  let connection = transport.connect();

  const ask = async (call: Call<LeaseObject>, signal: AbortSignal): Promise<Lease> => {
    const { once } = createCalls({ server, fetch: (signal) => connection.fetch(signal) }, clock, { line });
    try {
      return toLease(await once(call, signal), server);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        connection.close();
        connection = transport.connect();
      }
      throw error;
    }
  };
  const now = () => new Date(clock.now()).toISOString().replace("Z", "000Z");
  const toSpec = ({ holder, durationMs, transitions }: LeaseClaim, isNew: boolean) => ({
    holderIdentity: holder,
    leaseDurationSeconds: durationMs / 1000,
    leaseTransitions: transitions,
    renewTime: now(),
    ...(isNew && { acquireTime: now() }),
  });

  return {
    get: (signal) => {
      const params = { path: { namespace, name } };
      return undefinedOn(
        [404],
        () => ask((fetch) => api.GET(`${collection}/{name}`, { params, fetch }), signal),
      );
    },

    create: (claim, signal) => {
      const body = {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name },
        spec: toSpec(claim, true),
      };
      const params = { path: { namespace }, query };
      return ask((fetch) => api.POST(collection, { params, body, fetch }), signal);
    },

    replace: ({ resourceVersion, holder }, claim, signal) =>
      ask((fetch) =>
        api.PATCH(`${collection}/{name}`, {
          params: { path: { namespace, name }, query },
          headers: { "content-type": "application/merge-patch+json" },
          body: { metadata: { resourceVersion }, spec: toSpec(claim, claim.holder !== holder) },
          fetch,
        }), signal),

    [Symbol.dispose]: () => connection.close(),
  };
}

function toLease({ kind, metadata, spec }: LeaseObject, server: string): Lease {
  if (kind !== "Lease" || !metadata?.resourceVersion) {
    throw new ConnectionError("other", `The answer from ${server} is not a lease.`);
  }
  return {
    resourceVersion: metadata.resourceVersion,
    holder: spec?.holderIdentity ?? "",
    durationMs: (spec?.leaseDurationSeconds ?? UNSAID_SECONDS) * 1000,
    transitions: spec?.leaseTransitions ?? 0,
  };
}
