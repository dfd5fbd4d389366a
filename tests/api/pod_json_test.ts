/** Reading a pod from JSON: what becomes of each field, and of fields that are left out. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PodFacts, Sharing } from "../../lib/api/pod_facts.ts";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import { podBuilders } from "../support/arbitraries.ts";
import { CREATED, pod } from "../support/pod_builder.ts";

/** The facts of a sound pod with some of its JSON replaced. */
function read({ metadata = {}, spec = {}, status = {} }: Record<string, object>): PodFacts {
  const json = pod("web").container("app").json();
  const facts = toPodFacts({
    metadata: { ...json.metadata, ...metadata },
    spec: { ...json.spec, ...spec },
    status: { ...json.status, ...status },
  });
  assert.ok(facts);
  return facts;
}

Deno.test("toPodFacts() reads what the checks need, init containers first, ephemeral ones not at all", () => {
  const built = pod("web").resourceVersion("42").pendingSince(CREATED + 5000).restartPolicy("OnFailure")
    .container("app", { image: "app", liveness: false, restarts: 2 })
    .init("migrate", { image: "migrate:1", restarts: 7 })
    .sidecar("proxy", { readiness: false, restarts: 1 })
    .ephemeral("debug", { image: "busybox", restarts: 9 })
    .deleting();
  assert.deepEqual(toPodFacts(built.json()), {
    namespace: "production",
    name: "web",
    resourceVersion: "42",
    phase: "Pending",
    createdAtSeconds: CREATED / 1000 + 5,
    deleting: true,
    restartPolicy: "OnFailure",
    containers: [
      {
        name: "migrate",
        kind: "init",
        image: "migrate:1",
        hasLivenessProbe: true,
        hasReadinessProbe: true,
        restarts: 7,
      },
      {
        name: "proxy",
        kind: "sidecar",
        image: "registry.example/app:1.0",
        hasLivenessProbe: true,
        hasReadinessProbe: false,
        restarts: 1,
      },
      {
        name: "app",
        kind: "regular",
        image: "app",
        hasLivenessProbe: false,
        hasReadinessProbe: true,
        restarts: 2,
      },
    ],
  });
});

Deno.test("toPodFacts() gives the facts of whatever pod the builder makes", () => {
  fc.assert(fc.property(podBuilders, (built) => {
    assert.deepEqual(toPodFacts(JSON.parse(JSON.stringify(built.json()))), built.facts());
  }));
});

for (
  const [count, restarts, why] of [
    [3, 3, "as it is"],
    [0, 0, "none"],
    [-5, 0, "a negative count is none"],
    [NaN, 0, "not a number"],
    [Infinity, 2_147_483_647, "a number too large for JSON's reader"],
    [4_000_000_000, 2_147_483_647, "beyond int32"],
    [2.9, 2, "a fraction"],
    [0.5, 0, "less than one"],
    ["7", 0, "text"],
    [null, 0, "null"],
    [undefined, 0, "left out"],
  ] as const
) {
  Deno.test(`toPodFacts() reads restartCount ${String(count)} as ${restarts}: ${why}`, () => {
    const facts = read({ status: { containerStatuses: [{ name: "app", restartCount: count }] } });
    assert.equal(facts.containers[0]?.restarts, restarts);
  });
}

for (
  const [why, parts, expected] of [
    ["no creation time", { metadata: { creationTimestamp: null } }, { createdAtSeconds: undefined }],
    ["an unreadable creation time", { metadata: { creationTimestamp: "soon" } }, {
      createdAtSeconds: undefined,
    }],
    ["a fraction of a second", { metadata: { creationTimestamp: "1970-01-01T00:00:07.9Z" } }, {
      createdAtSeconds: 7,
    }],
    ["a deletion time of null", { metadata: { deletionTimestamp: null } }, { deleting: false }],
    ["no restart policy", { spec: { restartPolicy: undefined } }, { restartPolicy: "Always" }],
    ["an empty restart policy", { spec: { restartPolicy: "" } }, { restartPolicy: "Always" }],
    ["no phase", { status: { phase: undefined } }, { phase: "" }],
    ["a phase that is no text", { status: { phase: 7 } }, { phase: "" }],
    ["an empty list of containers", { spec: { containers: [] } }, { containers: [] }],
    ["a list of containers that is null", { spec: { containers: null } }, { containers: [] }],
    ["statuses that are no list", { status: { containerStatuses: { 0: "app" } } }, {}],
  ] as const
) {
  Deno.test(`toPodFacts() makes do with ${why}`, () => {
    const facts = read(parts);
    assert.deepEqual(facts, { ...facts, ...expected });
    assert(!("problem" in facts));
  });
}

Deno.test("toPodFacts() takes the restarts of each kind of container from its own statuses", () => {
  const { containers } = read({
    spec: { containers: [{ name: "app" }], initContainers: [{ name: "app" }] },
    status: {
      containerStatuses: [{ name: "app", restartCount: 1 }, { name: "app", restartCount: 2 }],
      initContainerStatuses: [{ name: "app", restartCount: 5 }],
    },
  });
  assert.deepEqual(containers.map(({ kind, restarts }) => [kind, restarts]), [["init", 5], ["regular", 2]]);
});

/** Shares nothing, but with what it answers in place of what it is given. */
const sharing = (text: (text: string) => string, containers: Sharing["containers"] = (list) => list) => ({
  text,
  containers,
});

Deno.test("toPodFacts() shares repeated text, and never the pod's own name", () => {
  const shared: string[] = [];
  toPodFacts(
    pod("web").container("app", { image: "app:1" }).json(),
    sharing((text) => (shared.push(text), text)),
  );
  assert.deepEqual(shared.toSorted(), ["Always", "Running", "app", "app:1", "production"]);
});

Deno.test("toPodFacts() keeps the copies that it is answered", () => {
  const other = pod("web").container("other").facts().containers;
  const facts = toPodFacts(
    pod("web").container("app").json(),
    sharing((text) => text.toUpperCase(), (list) => list[0]?.name === "APP" ? other : list),
  );
  assert.deepEqual(
    [facts?.namespace, facts?.phase, facts?.restartPolicy, facts?.name],
    ["PRODUCTION", "RUNNING", "ALWAYS", "web"],
  );
  assert.equal(facts?.containers, other);
});
