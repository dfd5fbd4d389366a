/** Events: told through their own group, read through the core group, as kubectl reads them. */

import assert from "node:assert/strict";
import { assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import type { ContractServer } from "./server.ts";
import { call, newTeam } from "./team.ts";

const TYPE = { apiVersion: "events.k8s.io/v1", kind: "Event" };
const SERIES = { count: 2, lastObservedTime: "2026-02-22T10:01:00.000000Z" };

/** An event about a policy of the namespace. */
function event(namespace: string, changes: object = {}) {
  return {
    ...TYPE,
    metadata: { namespace, name: "a.1" },
    regarding: {
      apiVersion: "devops.stochastic.io/v1",
      kind: "DevOpsPolicy",
      namespace,
      name: "a",
      uid: "u-1",
    },
    reportingController: "kube-devops-operator",
    reportingInstance: "one",
    action: "Evaluate",
    type: "Warning",
    reason: "ClassificationChanged",
    note: "From Healthy to Stable.",
    eventTime: "2026-02-22T10:00:00.000000Z",
    ...changes,
  };
}

async function newEvent(server: ContractServer) {
  const { namespace } = await newTeam(server);
  const events = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
  const created = await call(server, "POST", events, event(namespace));
  const core = `/api/v1/namespaces/${namespace}/events`;
  return { namespace, events, core, path: `${events}/a.1`, created };
}

export const EVENT_ROWS: readonly Row[] = [
  {
    name: "an event keeps what it was told with",
    async run(server) {
      const { namespace, path, created } = await newEvent(server);
      const { metadata: _, ...told } = event(namespace);
      for (const [key, value] of Object.entries(told)) assert.deepEqual(created[key], value, key);
      assert.deepEqual(await call(server, "GET", path), created);
    },
  },
  {
    name: "an event of its own group is one of the core group, found by what it is about",
    async run(server) {
      const { namespace, core } = await newEvent(server);
      const query = "fieldSelector=involvedObject.kind%3DDevOpsPolicy%2CinvolvedObject.uid%3Du-1";
      const { items } = await call(server, "GET", `${core}?${query}`) as unknown as {
        items: Record<string, unknown>[];
      };
      assert.equal(items.length, 1);
      const [found] = items;
      assert.equal(found?.["message"], "From Healthy to Stable.");
      assert.equal(found?.["reportingComponent"], "kube-devops-operator");
      assert.equal(found?.["eventTime"], "2026-02-22T10:00:00.000000Z");
      assert.deepEqual(found?.["involvedObject"], event(namespace).regarding);
    },
  },
  {
    name: "an event is counted by its series, and nothing else of it may change",
    async run(server) {
      const { path, core } = await newEvent(server);
      assert.deepEqual((await call(server, "PATCH", path, { series: SERIES }))["series"], SERIES);
      assert.deepEqual((await call(server, "GET", `${core}/a.1`))["series"], SERIES);
      const changed = await call(server, "PATCH", path, { note: "other" }, { code: 422 });
      assert.deepEqual(uniqueCauses(changed), [{
        reason: "FieldValueInvalid",
        message: 'Invalid value: "other": field is immutable',
        field: "message",
      }]);
    },
  },
  {
    name: "a series of one is none",
    async run(server) {
      const { path } = await newEvent(server);
      const change = { series: { ...SERIES, count: 1 } };
      assert.deepEqual(uniqueCauses(await call(server, "PATCH", path, change, { code: 422 })), [{
        reason: "FieldValueInvalid",
        message: 'Invalid value: "": should be at least 2',
        field: "series.count",
      }]);
    },
  },
  {
    name: "an event that is there is not created again, and one that is not there is not counted",
    async run(server) {
      const { namespace, events } = await newEvent(server);
      const again = await call(server, "POST", events, event(namespace), { code: 409 });
      assertRefusal(again, { code: 409, reason: "AlreadyExists" });
      const missing = await call(server, "PATCH", `${events}/b`, { series: SERIES }, { code: 404 });
      assertRefusal(missing, { code: 404, reason: "NotFound" });
    },
  },
  {
    name: "an event without what it must say is refused",
    async run(server) {
      const { namespace, events } = await newEvent(server);
      for (const field of ["eventTime", "reportingInstance", "action", "reason"]) {
        const lacking = event(namespace, { metadata: { name: "b" }, [field]: undefined });
        assert.deepEqual(uniqueCauses(await call(server, "POST", events, lacking, { code: 422 })), [{
          reason: "FieldValueRequired",
          message: "Required value",
          field,
        }]);
      }
      for (
        const [changes, field] of [[{ type: "Bad" }, "type"], [
          { note: "x".repeat(1025) },
          "message",
        ]] as const
      ) {
        const wrong = event(namespace, { metadata: { name: "b" }, ...changes });
        const causes = uniqueCauses(await call(server, "POST", events, wrong, { code: 422 }));
        assert.deepEqual(causes.map((cause) => Reflect.get(cause as object, "field")), [field]);
      }
      const rough = event(namespace, { metadata: { name: "b" }, eventTime: "2026-02-22T10:00:00Z" });
      const answer = await call(server, "POST", events, rough, { code: 400 });
      assertRefusal(answer, { code: 400, reason: "BadRequest", message: /parsing time/ });
    },
  },
];
