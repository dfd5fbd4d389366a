/** A cluster over HTTP: all ports of the operator, on one transport. */

import type { Clock } from "../api/clock.ts";
import type { Cluster } from "../api/ports.ts";
import { podCollection, policyCollection } from "./list_watch.ts";
import { createPolicyClient } from "./policy_client.ts";
import type { Transport } from "./transport.ts";

/** The cluster behind `transport`. */
export function httpCluster(transport: Transport, clock: Clock): Cluster {
  return {
    policies: policyCollection(transport),
    pods: podCollection(transport),
    client: createPolicyClient(transport, clock),
  };
}
