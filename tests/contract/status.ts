/** The status subresource: who writes what, which generation it makes, and under whose name it is booked. */

import assert from "node:assert/strict";
import { FIELD_MANAGER } from "../../lib/api/devops_policy.ts";
import { assertOlder, assertRefusal } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, policy } from "./team.ts";

const PATH = "devopspolicies/a";
const STATUS = `${PATH}/status`;

export const STATUS_ROWS: readonly Row[] = [
  {
    name: "a status that comes with creation is dropped",
    async run(server) {
      const team = await newTeam(server);
      const { status } = await team.policy("a", { status: { message: "mine" } });
      assert.equal(status, undefined);
    },
  },
  {
    name: "a status in a write of the object is ignored",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const written = await team.patch(STATUS, { status: { message: "true" } });
      const { resourceVersion } = written.metadata;
      assert.deepEqual(await team.patch(PATH, { status: { message: "false" } }), written);
      const update = policy("a", { metadata: { resourceVersion }, status: { message: "false" } });
      assert.deepEqual((await team.put(PATH, update))["status"], { message: "true" });
    },
  },
  {
    name: "spec and labels in a write of the status are ignored",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a", { spec: { maxRestartCount: 1 } });
      const change = {
        metadata: { labels: { a: "1" } },
        spec: { maxRestartCount: 2 },
        status: { message: "x" },
      };
      const patched = await team.patch(STATUS, change);
      assert.deepEqual(patched["spec"], { maxRestartCount: 1 });
      assert.equal(patched.metadata.labels, undefined);
      assert.deepEqual(patched["status"], { message: "x" });
      assertOlder(created.metadata.resourceVersion, patched.metadata.resourceVersion);
    },
  },
  {
    name: "the status is read and replaced on its own path",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { spec: { maxRestartCount: 1 } });
      await team.patch(STATUS, { status: { message: "x", pods: 1 } });
      const read = await team.get(STATUS);
      assert.deepEqual(read, await team.get(PATH));
      const { resourceVersion } = read.metadata;
      const update = policy("a", { metadata: { resourceVersion }, status: { message: "y" } });
      const { spec, status } = await team.put(STATUS, update);
      assert.deepEqual({ spec, status }, { spec: { maxRestartCount: 1 }, status: { message: "y" } });
    },
  },
  {
    name: "only a changed spec and a deletion make a new generation",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", {
        metadata: { finalizers: ["example.com/hold"] },
        spec: { maxRestartCount: 1 },
      });
      const generations = [
        await team.patch(STATUS, { status: { message: "x" } }),
        await team.patch(PATH, { metadata: { labels: { a: "1" }, annotations: { b: "1" } } }),
        await team.patch(PATH, { metadata: { finalizers: ["example.com/hold", "example.com/too"] } }),
        await team.patch(PATH, { spec: { maxRestartCount: 1 } }),
        await team.patch(PATH, { spec: { maxRestartCount: 2 } }),
        await team.delete(PATH),
      ].map(({ metadata }) => metadata.generation);
      assert.deepEqual(generations, [1, 1, 1, 1, 2, 3]);
    },
  },
  {
    name: "a status written again as it is keeps the version",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const written = await team.patch(STATUS, { status: { message: "x" } });
      assert.deepEqual(await team.patch(STATUS, { status: { message: "x" } }), written);
    },
  },
  {
    name: "a merge patch of the status replaces its lists, and null takes a field out",
    async run(server) {
      const team = await newTeam(server);
      const findings = ["a", "b"].map((pod) => ({ pod, check: "pending", detail: "waiting" }));
      await team.policy("a");
      await team.patch(STATUS, { status: { message: "x", pods: 2, findings } });
      const { status } = await team.patch(STATUS, { status: { pods: null, findings: findings.slice(1) } });
      assert.deepEqual(status, { message: "x", findings: findings.slice(1) });
    },
  },
  {
    name: "writes are booked under the manager's name, those of the status apart",
    async run(server) {
      const team = await newTeam(server);
      await team.post("devopspolicies?fieldManager=author", policy("a", { spec: { maxRestartCount: 1 } }));
      const by = `fieldManager=${FIELD_MANAGER}`;
      await team.patch(`${PATH}?${by}`, { metadata: { finalizers: ["example.com/hold"] } });
      const { metadata } = await team.patch(`${STATUS}?${by}`, { status: { message: "x" } });
      const booked = metadata.managedFields?.map(
        ({ manager, operation, subresource = "", fieldsV1, ...rest }) => {
          assert.deepEqual([rest.apiVersion, rest.fieldsType], ["devops.stochastic.io/v1", "FieldsV1"]);
          return [manager, operation, subresource, Object.keys(fieldsV1).join()].join(" ");
        },
      );
      assert.deepEqual(booked?.sort(), [
        "author Update  f:spec",
        `${FIELD_MANAGER} Update  f:metadata`,
        `${FIELD_MANAGER} Update status f:status`,
      ]);
    },
  },
  {
    name: "who creates an object owns its labels and its spec as a whole, not only what is in them",
    async run(server) {
      const team = await newTeam(server);
      const metadata = { labels: { team: "a" }, finalizers: ["example.com/hold"] };
      const body = policy("a", { metadata, spec: { maxRestartCount: 1 } });
      const { metadata: { managedFields } } = await team.post("devopspolicies?fieldManager=author", body);
      assert.deepEqual(managedFields?.map(({ fieldsV1 }) => fieldsV1), [{
        "f:metadata": {
          "f:finalizers": { ".": {}, 'v:"example.com/hold"': {} },
          "f:labels": { ".": {}, "f:team": {} },
        },
        "f:spec": { ".": {}, "f:maxRestartCount": {} },
      }]);
    },
  },
  {
    name: "without fieldManager, writes are booked under the first part of the user agent",
    async run(server) {
      const team = await newTeam(server);
      const headers = { "user-agent": "some-tool/1.2 (linux)" };
      const { metadata } = await team.post("devopspolicies", policy("a"), { headers });
      assert.deepEqual(metadata.managedFields?.map(({ manager }) => manager), ["some-tool"]);
    },
  },
  {
    name: "a pod's status is merged on its own path, and its spec is not",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("a");
      const containerStatuses = [{
        name: "app",
        image: "app:1.0",
        imageID: "",
        ready: true,
        restartCount: 3,
      }];
      const change = { spec: { nodeName: "node-1" }, status: { phase: "Running", containerStatuses } };
      const { spec, status } = await team.patch("pods/a/status", change);
      assert.equal((spec as Record<string, unknown>)["nodeName"], undefined);
      const { phase, containerStatuses: [app] = [] } = status as {
        phase: string;
        containerStatuses?: { restartCount: number }[];
      };
      assert.deepEqual([phase, app?.restartCount], ["Running", 3]);
    },
  },
  {
    name: "a status too large for the store is a 500, and nothing is written",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      const change = { status: { message: "x".repeat(1_600_000) } };
      assertRefusal(await team.patch(STATUS, change, { code: 500 }), {
        code: 500,
        reason: undefined,
        message: "etcdserver: request is too large",
      });
      assert.deepEqual(await team.get(PATH), created);
    },
  },
  {
    name: "a body of more than 3 MiB is a 413",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      const change = { status: { message: "x".repeat(3 * 1024 * 1024) } };
      assertRefusal(await team.patch(STATUS, change, { code: 413 }), {
        code: 413,
        reason: "RequestEntityTooLarge",
        message: "Request entity too large: limit is 3145728",
      });
    },
  },
];
