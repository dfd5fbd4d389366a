/** A cluster over HTTP: all ports of the operator, on one transport. */

import type { Clock } from "../api/clock.ts";
import type { Cluster } from "../api/ports.ts";
import type { CallTerms } from "./calls.ts";
import { createEventClient } from "./event_client.ts";
import { podCollection, policyCollection } from "./list_watch.ts";
import { createPolicyClient } from "./policy_client.ts";
import type { Transport } from "./transport.ts";

/** The cluster behind `transport`, which is written to on those terms. */
export function httpCluster(transport: Transport, clock: Clock, terms: CallTerms = {}): Cluster {
  return {
    policies: policyCollection(transport),
    pods: podCollection(transport),
    client: createPolicyClient(transport, clock, terms),
    events: createEventClient(transport, clock, terms),
    line: terms.line,
  };
}
