/** A cluster over HTTP: all ports of the operator, on one transport. */

import type { Clock } from "../api/clock.ts";
import type { Cluster, Fence } from "../api/ports.ts";
import { createEventClient } from "./event_client.ts";
import { podCollection, policyCollection } from "./list_watch.ts";
import { createPolicyClient } from "./policy_client.ts";
import type { Transport } from "./transport.ts";

/** The cluster behind `transport`, which is written to only while `fence` holds, if there is one. */
export function httpCluster(transport: Transport, clock: Clock, fence?: Fence): Cluster {
  return {
    policies: policyCollection(transport),
    pods: podCollection(transport),
    client: createPolicyClient(transport, clock, fence),
    events: createEventClient(transport, clock, fence),
  };
}
