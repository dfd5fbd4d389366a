/** Basics: objects come to be, are read and replaced, and refusals are Statuses. */

import assert from "node:assert/strict";
import { assertOlder, assertRefusal, present } from "./object.ts";
import type { Row } from "./row.ts";
import { call, GROUP, newTeam, POLICY, policy } from "./team.ts";

export const BASICS: readonly Row[] = [
  {
    name: "a created object gets an identity, a time, a version and generation 1",
    async run(server) {
      const team = await newTeam(server);
      const { metadata, spec, apiVersion, kind } = await team.policy("a", { spec: { maxRestartCount: 3 } });
      assert.deepEqual({ apiVersion, kind }, POLICY);
      assert.equal(`${metadata.namespace}/${metadata.name}`, `${team.namespace}/a`);
      assert.match(metadata.uid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      assert.match(metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(metadata.resourceVersion, /^[1-9]\d*$/);
      assert.equal(metadata.generation, 1);
      assert.deepEqual(spec, { maxRestartCount: 3 });
    },
  },
  {
    name: "a created object is read as it was answered",
    async run(server) {
      const team = await newTeam(server);
      const labels = { app: "web" };
      const created = await team.policy("a", { metadata: { labels }, spec: { forbidLatestTag: true } });
      assert.deepEqual(await team.get("devopspolicies/a"), created);
    },
  },
  {
    name: "generateName is completed to a name",
    async run(server) {
      const team = await newTeam(server);
      const nameless = { ...POLICY, metadata: { generateName: "auto-" }, spec: {} };
      const first = await team.post("devopspolicies", nameless);
      const second = await team.post("devopspolicies", nameless);
      assert.match(first.metadata.name, /^auto-[a-z0-9]{5}$/);
      assert.notEqual(first.metadata.name, second.metadata.name);
    },
  },
  {
    name: "an object that is not there is a 404 that names it",
    async run(server) {
      const team = await newTeam(server);
      assertRefusal(await team.get("devopspolicies/none", { code: 404 }), {
        code: 404,
        reason: "NotFound",
        message: 'devopspolicies.devops.stochastic.io "none" not found',
        details: { name: "none", group: "devops.stochastic.io", kind: "devopspolicies" },
      });
      assertRefusal(await team.get("pods/none", { code: 404 }), {
        code: 404,
        reason: "NotFound",
        message: 'pods "none" not found',
        details: { name: "none", kind: "pods" },
      });
    },
  },
  {
    name: "a group and a resource that nobody serves are 404",
    async run(server) {
      for (const path of ["/apis/none.example.com/v1/things", `${GROUP}/things`, "/api/v1/things"]) {
        const response = await server.request("GET", path);
        await response.body?.cancel();
        assert.equal(response.status, 404, path);
      }
    },
  },
  {
    name: "a namespace is active, and labelled with its name",
    async run(server) {
      const { namespace } = await newTeam(server);
      const { metadata, status } = await call(server, "GET", `/api/v1/namespaces/${namespace}`);
      assert.equal(metadata.labels?.["kubernetes.io/metadata.name"], namespace);
      assert.deepEqual(status, { phase: "Active" });
    },
  },
  {
    name: "nothing can be created in a namespace that is not there",
    async run(server) {
      const answer = await call(server, "POST", `${GROUP}/namespaces/nowhere/devopspolicies`, policy("a"), {
        code: 404,
      });
      assertRefusal(answer, {
        code: 404,
        reason: "NotFound",
        message: 'namespaces "nowhere" not found',
        details: { name: "nowhere", kind: "namespaces" },
      });
    },
  },
  {
    name: "an update replaces spec and labels, and keeps identity and creation",
    async run(server) {
      const team = await newTeam(server);
      const spec = { forbidLatestTag: true, maxRestartCount: 3 };
      const created = await team.policy("a", { metadata: { labels: { old: "1" } }, spec });
      const updated = await team.put("devopspolicies/a", {
        ...policy("a", { spec: { maxRestartCount: 4 } }),
        metadata: { name: "a", resourceVersion: created.metadata.resourceVersion, labels: { new: "1" } },
      });
      assert.deepEqual(updated["spec"], { maxRestartCount: 4 });
      assert.deepEqual(updated.metadata.labels, { new: "1" });
      assert.equal(updated.metadata.uid, created.metadata.uid);
      assert.equal(updated.metadata.creationTimestamp, created.metadata.creationTimestamp);
      assert.equal(updated.metadata.generation, 2);
    },
  },
  {
    name: "an update of an object that is not there is a 404 and creates nothing",
    async run(server) {
      const team = await newTeam(server);
      assertRefusal(await team.put("devopspolicies/a", policy("a"), { code: 404 }), { code: 404 });
      await team.get("devopspolicies/a", { code: 404 });
    },
  },
  {
    name: "versions grow over all kinds of objects",
    async run(server) {
      const team = await newTeam(server);
      const { metadata: first } = await team.policy("a");
      const { metadata: second } = await team.pod("b");
      const { metadata: third } = await team.policy("c");
      assertOlder(first.resourceVersion, second.resourceVersion);
      assertOlder(second.resourceVersion, third.resourceVersion);
    },
  },
  {
    name: "a pod gets the defaults that checks read, and no status from its creator",
    async run(server) {
      const team = await newTeam(server);
      const { spec, status } = await team.pod("a", { status: { phase: "Running" } });
      assert.equal((spec as Record<string, unknown>)["restartPolicy"], "Always");
      assert.equal((status as Record<string, unknown>)["phase"], "Pending");
    },
  },
  {
    name: "a dry run answers as if it were true, and changes nothing",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      await team.post("devopspolicies?dryRun=All", policy("b"));
      const patched = await team.patch("devopspolicies/a?dryRun=All", { spec: { maxRestartCount: 9 } });
      assert.deepEqual(patched["spec"], { maxRestartCount: 9 });
      await team.delete("devopspolicies/a?dryRun=All");
      assert.deepEqual(present((await team.get("devopspolicies")).items), [created]);
    },
  },
];
