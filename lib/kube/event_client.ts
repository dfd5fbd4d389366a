/** Tells of events on policies, over HTTP. */

import type { Clock } from "../api/clock.ts";
import { FIELD_MANAGER, POLICY_RESOURCE } from "../api/devops_policy.ts";
import type { EventClient, EventSeries, NewEvent } from "../api/ports.ts";
import { type CallTerms, createCalls, undefinedOn } from "./calls.ts";
import { createApiClient } from "./client.ts";
import type { components } from "./generated/api.ts";
import type { Transport } from "./transport.ts";

type Event = components["schemas"]["io.k8s.api.events.v1.Event"];

/** What the operator did when there was something to tell, in the words of the API: to look at a policy is all it does. */
const ACTION = "Evaluate";

/** A client whose calls are repeated on passing errors: an event that is told twice still is one. */
export function createEventClient(transport: Transport, clock: Clock, terms?: CallTerms): EventClient {
  const api = createApiClient(transport);
  const { repeated } = createCalls(transport, clock, terms);
  const query = { fieldManager: FIELD_MANAGER };
  const path = "/apis/events.k8s.io/v1/namespaces/{namespace}/events";
  /** Tells this process from all others that speak of the same policies. */
  const reportingInstance = `${FIELD_MANAGER}-${crypto.randomUUID()}`;

  return {
    async create(event, series, signal) {
      const { namespace } = event.subject;
      const body = { ...toEvent(event, series), reportingInstance };
      // Our first try got through after all: the name is nobody else's.
      await undefinedOn([409], () =>
        repeated(
          (fetch) => api.POST(path, { params: { path: { namespace }, query }, body, fetch }),
          signal,
        ));
    },

    async repeat({ namespace, name }, series, signal) {
      await repeated((fetch) =>
        api.PATCH(`${path}/{name}`, {
          params: { path: { namespace, name }, query },
          headers: { "content-type": "application/merge-patch+json" },
          body: { series: toSeries(series) },
          fetch,
        }), signal);
    },
  };
}

function toEvent(
  { name, subject, type, reason, note, firstAt }: NewEvent,
  series: EventSeries | undefined,
): Event {
  const { group, version, kind } = POLICY_RESOURCE;
  const { namespace, uid, resourceVersion } = subject;
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { namespace, name },
    regarding: {
      apiVersion: `${group}/${version}`,
      kind,
      namespace,
      name: subject.name,
      resourceVersion,
      ...(uid !== undefined && { uid }),
    },
    reportingController: FIELD_MANAGER,
    action: ACTION,
    type,
    reason,
    note,
    eventTime: toMicroTime(firstAt),
    ...(series !== undefined && { series: toSeries(series) }),
  };
}

function toSeries({ count, lastAt }: EventSeries): NonNullable<Event["series"]> {
  return { count, lastObservedTime: toMicroTime(lastAt) };
}

/** A point in time as events take it: six decimals, no fewer. */
function toMicroTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
