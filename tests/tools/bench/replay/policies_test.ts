/** The replayed policies: watched and patched as on an API server. */

import assert from "node:assert/strict";
import { namespaceName } from "../../../../tools/bench/plan.ts";
import { replayed, SIZE } from "./replayed.ts";

Deno.test("policies are patched as an API server would, and refused as one would", async () => {
  const { policies } = replayed();
  const [namespace] = [namespaceName(0)];
  const uid = policies.get(namespace)!.metadata.uid;
  const finalizer = (test: unknown) =>
    [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "test", path: "/metadata/finalizers", value: test },
      { op: "add", path: "/metadata/finalizers", value: ["x/y"] },
    ] as never;
  assert.equal(policies.patch(namespace, finalizer(null)).status, 200);
  assert.deepEqual(policies.get(namespace)!.metadata.finalizers, ["x/y"]);
  assert.equal(policies.patch(namespace, finalizer(null)).status, 422);
  assert.equal(policies.patch("absent", finalizer(null)).status, 404);

  const { resourceVersion } = policies.get(namespace)!.metadata;
  const change = { metadata: { resourceVersion }, status: { violations: 1 } };
  assert.equal(policies.patchStatus(namespace, change).status, 200);
  assert.equal(policies.patchStatus(namespace, change).status, 409, "computed from what is no longer");
  assert.equal(policies.patchStatus("absent", change).status, 404);
  const answer = policies.patchStatus(namespace, { status: { message: "x" } });
  assert.deepEqual((await answer.json()).status, { violations: 1, message: "x" });
});

Deno.test("a watch of the policies brings all of them, a bookmark and each change", async () => {
  const { policies } = replayed();
  const watch = policies.watch(true);
  const read = async () => new TextDecoder().decode((await watch.next()).value).trimEnd().split("\n");
  const lines = [...await read(), ...await read()].map((line) => JSON.parse(line));
  assert.equal(lines.filter(({ type }) => type === "ADDED").length, SIZE.namespaces);
  assert.equal(lines.at(-1).object.metadata.annotations["k8s.io/initial-events-end"], "true");
  policies.patchStatus(namespaceName(4), { status: { violations: 7 } });
  const [changed] = (await read()).map((line) => JSON.parse(line));
  assert.equal(changed.type, "MODIFIED");
  assert.equal(changed.object.status.violations, 7);
  await watch.return(undefined);
});
