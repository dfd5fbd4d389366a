/** `check` against a sandbox on which all is well: what it asks, and nothing else that it does. */

import assert from "node:assert/strict";
import { PERMISSIONS } from "../../lib/operator/permissions.ts";
import { isRead, report } from "./checked.ts";

/** The selector of an object that nobody has. */
const NOBODY = "metadata.name=kube-devops-check";

Deno.test("check finds all well on a sandbox, and says so row by row", async () => {
  const { code, stderr, head, answers } = await report();
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.deepEqual({ ...head, server: "" }, {
    server: "",
    origin: 'context "test"',
    version: "v1.34.0+sandbox",
    user: "admin",
    answer: "ok",
  });
  assert.deepEqual(answers.map(({ id, answer }) => `${answer} ${id}`), [
    "ok server",
    "ok clock",
    "ok crd",
    "ok may list pods",
    "ok may watch pods",
    "ok may list devopspolicies.devops.stochastic.io",
    "ok may watch devopspolicies.devops.stochastic.io",
    "ok may get devopspolicies.devops.stochastic.io",
    "ok may patch devopspolicies.devops.stochastic.io",
    "ok may patch devopspolicies.devops.stochastic.io/status",
    "ok may create events.events.k8s.io",
    "ok may patch events.events.k8s.io",
    "ok watch-list pods",
    "ok watch-list devopspolicies.devops.stochastic.io",
  ]);
});

Deno.test("check --leader-elect asks as well for the rights on the lease, and nothing else about it", async () => {
  const { answers, calls } = await report({ args: ["--leader-elect", "--lease-namespace", "default"] });
  const rights = answers.filter(({ namespace }) => namespace === "default");
  assert.deepEqual(rights.map(({ asked, answer }) => `${answer} ${asked}`), [
    "ok may create leases in default",
    "ok may get leases/kube-devops in default",
    "ok may patch leases/kube-devops in default",
  ]);
  assert.deepEqual(calls.filter(({ resource }) => resource === "leases"), []);
});

Deno.test("check asks for each namespace of its own, and never beyond them", async () => {
  const { answers, calls } = await report({ args: ["-n", "team-a", "-n", "team-b"] });
  const rights = answers.filter(({ id }) => id.startsWith("may "));
  assert.equal(rights.length, 2 * PERMISSIONS.length);
  assert.equal(rights.filter(({ namespace }) => namespace === "team-a").length, PERMISSIONS.length);
  for (const { asked, namespace } of rights) assert(asked.endsWith(` in ${namespace}`), asked);
  assert.deepEqual(calls.filter(isRead).map(({ namespace }) => namespace), Array(3).fill("team-a"));
});

Deno.test("check writes nothing, and reads no pod and no policy", async () => {
  const { calls } = await report();
  for (const call of calls) {
    const { verb, resource, query } = call;
    if (verb === "create") assert.match(resource, /^selfsubject(access)?reviews$/);
    else assert.match(verb, /^(get|list|watch)$/);
    assert.notEqual(resource, "customresourcedefinitions");
    if (isRead(call)) {
      assert.equal(query.get("limit") ?? query.get("fieldSelector"), verb === "list" ? "1" : NOBODY);
    }
  }
  assert.equal(calls.filter(isRead).length, 3);
});
