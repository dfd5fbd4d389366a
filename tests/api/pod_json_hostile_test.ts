/** Pods that no sane server would send: whatever comes in, toPodFacts() answers something that can be judged. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import { evaluate } from "../../lib/policy/evaluate.ts";
import { hostileText, STRICT } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

/** The facts of a sound pod with some of its JSON replaced. */
function read({ spec = {}, status = {} }: Record<string, object>): PodFacts {
  const json = pod("web").container("app").json();
  const facts = toPodFacts({
    metadata: json.metadata,
    spec: { ...json.spec, ...spec },
    status: { ...json.status, ...status },
  });
  assert.ok(facts);
  return facts;
}

Deno.test("toPodFacts() finds the restarts of containers named like parts of every object", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];
  const built = names.reduce((built, name, i) => built.container(name, { restarts: i + 1 }), pod("web"));
  const facts = toPodFacts(JSON.parse(JSON.stringify(built.json())));
  assert.deepEqual(
    facts?.containers.map(({ name, restarts }) => [name, restarts]),
    names.map((n, i) => [n, i + 1]),
  );
  const silent = read({
    spec: { containers: names.map((name) => ({ name })) },
    status: { containerStatuses: [] },
  });
  assert.deepEqual(silent.containers.map(({ restarts }) => restarts), [0, 0, 0, 0]);
});

for (const containers of ["app", { 0: { name: "app" } }, 7]) {
  Deno.test(`toPodFacts() calls a pod whose containers are ${JSON.stringify(containers)} a problem`, () => {
    const facts = read({ spec: { containers, initContainers: [{ name: "migrate" }] } });
    assert.equal(facts.problem, "spec.containers is not a list");
    assert.deepEqual(facts.containers, []);
  });
}

for (const spec of [undefined, null, "containers", []]) {
  Deno.test(`toPodFacts() calls a pod whose spec is ${JSON.stringify(spec)} a problem`, () => {
    const facts = toPodFacts({ ...pod("web").container("app").json(), spec });
    assert.equal(facts?.problem, "it has no spec");
    assert.deepEqual(facts.containers, []);
  });
}

for (const probe of [null, undefined, true, "httpGet", []]) {
  Deno.test(`toPodFacts() takes a probe of ${JSON.stringify(probe)} for none`, () => {
    const [app] =
      read({ spec: { containers: [{ name: "app", livenessProbe: probe, readinessProbe: probe }] } })
        .containers;
    assert.deepEqual([app?.hasLivenessProbe, app?.hasReadinessProbe], [false, false]);
  });
}

for (const json of [undefined, null, 7, "pod", [], {}, { metadata: [] }, { metadata: { name: "web" } }]) {
  Deno.test(`toPodFacts() has nowhere to keep ${JSON.stringify(json)}`, () => {
    assert.equal(toPodFacts(json), undefined);
  });
}

for (
  const metadata of [{ name: "" }, { namespace: "" }, { name: 7 }, { namespace: null }, { name: undefined }]
) {
  Deno.test(`toPodFacts() has nowhere to keep a pod of ${JSON.stringify(metadata)}`, () => {
    assert.equal(
      toPodFacts({ ...pod("a").json(), metadata: { name: "a", namespace: "b", ...metadata } }),
      undefined,
    );
  });
}

Deno.test("toPodFacts() reads a pod of 10,000 containers", () => {
  const containers = Array.from({ length: 10_000 }, (_, i) => ({ name: `c${i}`, image: "\u001b[2J\n" }));
  const facts = read({ spec: { containers } });
  assert.equal(facts.containers.length, 10_000);
  assert.equal(evaluate([facts], STRICT, CREATED).byCheck.latest_tag, 10_000);
});

/** JSON of roughly a pod's shape, in which every part may be something else. */
const pods = fc.letrec<Record<"junk" | "list" | "container" | "pod", unknown>>((tie) => ({
  junk: fc.oneof(fc.anything(), fc.jsonValue(), hostileText),
  list: fc.oneof(fc.array(tie("container")), tie("junk")),
  container: fc.oneof(
    fc.record({
      name: fc.oneof(hostileText, tie("junk")),
      image: fc.oneof(hostileText, tie("junk")),
      restartCount: fc.oneof(fc.double(), tie("junk")),
      restartPolicy: fc.oneof(fc.constant("Always"), tie("junk")),
      livenessProbe: tie("junk"),
    }, { requiredKeys: [] }),
    tie("junk"),
  ),
  pod: fc.record({
    metadata: fc.oneof(
      fc.record({ name: hostileText, namespace: hostileText, creationTimestamp: tie("junk") }),
      tie("junk"),
    ),
    spec: fc.oneof(fc.record({ containers: tie("list"), initContainers: tie("list") }), tie("junk")),
    status: fc.oneof(fc.record({ phase: tie("junk"), containerStatuses: tie("list") }), tie("junk")),
  }, { requiredKeys: [] }),
})).pod;

Deno.test("toPodFacts() is total: whatever comes in, the checks can judge what comes out", () => {
  fc.assert(
    fc.property(fc.oneof(pods, fc.anything(), fc.jsonValue()), (json) => {
      const facts = toPodFacts(json);
      if (facts === undefined) return;
      for (
        const text of [facts.namespace, facts.name, facts.resourceVersion, facts.phase, facts.restartPolicy]
      ) {
        assert.equal(typeof text, "string");
      }
      for (const { name, image, restarts } of facts.containers) {
        assert.deepEqual([typeof name, typeof image], ["string", "string"]);
        assert.ok(Number.isInteger(restarts) && restarts >= 0 && restarts <= 2_147_483_647);
      }
      evaluate([facts], STRICT, CREATED);
    }),
    { numRuns: 500 },
  );
});
