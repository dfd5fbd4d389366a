// Deletion in the sandbox: namespaces and definitions take their content with them, and wait for finalizers.

import assert from "node:assert/strict";
import { pod, PODS, POLICIES, policy, startTest, told } from "./sandbox.ts";

const TEAM = "/api/v1/namespaces/team";
const CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/devopspolicies.devops.stochastic.io";

Deno.test("a namespace goes with all that is in it", async () => {
  await using test = await startTest();
  await test.create("/api/v1/namespaces", { metadata: { name: "team" } });
  await test.create(`${TEAM}/pods`, pod("a"));
  await using watch = await test.watch("/api/v1/namespaces?watch=1&fieldSelector=metadata.name=team");
  const { status } = await test.call(TEAM, { method: "DELETE" });
  assert.equal(status.phase, "Terminating");
  await test.call(`${TEAM}/pods/a`, {}, 404);
  await test.call(TEAM, {}, 404);
  assert.deepEqual(told(await watch.events()), ["ADDED team", "MODIFIED team", "DELETED team"]);
});

Deno.test("a namespace waits for finalizers, and takes nothing new meanwhile", async () => {
  await using test = await startTest();
  await test.create("/api/v1/namespaces", { metadata: { name: "team" } });
  await test.create(`${TEAM}/pods`, pod("a", { finalizers: ["x.y/z"] }));
  await test.call(TEAM, { method: "DELETE" });
  assert.ok((await test.call(`${TEAM}/pods/a`)).metadata.deletionTimestamp);
  const refused = await test.call(`${TEAM}/pods`, { method: "POST", body: pod("b") }, 403);
  assert.equal(refused.details.causes[0].reason, "NamespaceTerminating");
  await test.call(`${TEAM}/pods/a`, { method: "PATCH", body: { metadata: { finalizers: null } } });
  await test.call(TEAM, {}, 404);
});

Deno.test("a definition goes with its objects, after their finalizers", async () => {
  await using test = await startTest({ crd: true });
  await test.create(POLICIES, policy("free"));
  await test.create(POLICIES, policy("held", {}, { finalizers: ["x.y/z"] }));
  await test.call(CRD, { method: "DELETE" });
  await test.call(`${POLICIES}/free`, {}, 404);
  await test.call(CRD);
  await test.call(`${POLICIES}/held`, { method: "PATCH", body: { metadata: { finalizers: null } } });
  await test.call(CRD, {}, 404);
  assert.equal((await test.send(POLICIES)).status, 404);
});

Deno.test("a pod on a node is given its grace period, and is gone at once when told so", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("a", {}, { nodeName: "node" }));
  const lingering = await test.call(`${PODS}/a`, { method: "DELETE" });
  assert.equal(lingering.metadata.deletionGracePeriodSeconds, 30);
  assert.equal(lingering.metadata.deletionTimestamp, "2026-02-22T10:00:30Z");
  await test.call(`${PODS}/a`, { method: "DELETE", body: { gracePeriodSeconds: 0 } });
  await test.call(`${PODS}/a`, {}, 404);
});

Deno.test("deleting a collection deletes what is selected", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("a", { labels: { team: "blue" } }));
  await test.create(PODS, pod("b"));
  await test.call(`${PODS}?labelSelector=team`, { method: "DELETE" });
  assert.deepEqual((await test.call(PODS)).items.length, 1);
});
