/** The samples of kube-tests/: each pod breaks exactly the check that its file is named after. */

import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { toPodFacts } from "../../lib/api/pod_json.ts";
import { CHECKS } from "../../lib/policy/checks/mod.ts";
import { detectViolations } from "../../lib/policy/pod.ts";
import { parseSpec } from "../../lib/policy/parse_spec.ts";

type Json = Record<string, Record<string, unknown>>;

const FOLDER = new URL("../../kube-tests/", import.meta.url);
const CREATED = Date.UTC(2026, 1, 22, 10);

function documents(file: string): Json[] {
  return parseAllDocuments(Deno.readTextFileSync(new URL(file, FOLDER))).map((document) => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  });
}

const FILES = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
const PODS = FILES.filter((file) => documents(file).some(({ kind }) => String(kind) === "Pod"));
const SAMPLE = parseSpec(documents("sample-devopspolicy.yaml")[1]?.spec);

/** What a cluster would make of the pod in `file` in the given time. */
function inACluster(file: string, { seconds, restarts = 0, phase = "Running" }: {
  seconds: number;
  restarts?: number;
  phase?: string;
}) {
  const [json] = documents(file);
  assert(json !== undefined);
  const containers = json.spec?.containers as { name: string }[];
  const facts = toPodFacts({
    ...json,
    metadata: { ...json.metadata, creationTimestamp: new Date(CREATED).toISOString() },
    status: { phase, containerStatuses: containers.map(({ name }) => ({ name, restartCount: restarts })) },
  });
  assert(facts !== undefined);
  return [...new Set(detectViolations(facts, SAMPLE, CREATED + seconds * 1000).map(({ check }) => check))];
}

/** What becomes of each pod, and the one check that it then breaks. */
const BREAKS: Record<string, { check?: string; seconds: number; restarts?: number; phase?: string }> = {
  "breaks-latest-tag.yaml": { check: "latest_tag", seconds: 60 },
  "breaks-liveness-probe.yaml": { check: "missing_liveness", seconds: 60 },
  "breaks-readiness-probe.yaml": { check: "missing_readiness", seconds: 60 },
  "breaks-restart-count.yaml": { check: "high_restarts", seconds: 600, restarts: 4 },
  "breaks-pending-duration.yaml": { check: "pending", seconds: 301, phase: "Pending" },
  "compliant-pod.yaml": { seconds: 86_400, restarts: 3 },
};

Deno.test("kube-tests/ holds a pod for each check, and one that breaks none", () => {
  assert.deepEqual(PODS.toSorted(), Object.keys(BREAKS).toSorted());
  const checks = Object.values(BREAKS).map(({ check }) => check).filter((check) => check !== undefined);
  assert.deepEqual(checks.sort(), CHECKS.map(({ id }) => id as string).sort());
});

for (const [file, { check, ...fate }] of Object.entries(BREAKS)) {
  Deno.test(`kube-tests/${file} breaks ${check ?? "nothing"} under the sample policy`, () => {
    assert.deepEqual(inACluster(file, fate), check === undefined ? [] : [check]);
  });
}

Deno.test("kube-tests/ pods that need time or restarts break nothing before", () => {
  assert.deepEqual(inACluster("breaks-restart-count.yaml", { seconds: 60, restarts: 3 }), []);
  assert.deepEqual(inACluster("breaks-pending-duration.yaml", { seconds: 300, phase: "Pending" }), []);
});

Deno.test("kube-tests/ as a whole begins with the namespace that its files need, in the order in which kubectl takes them", () => {
  const [first = "", ...others] = FILES.toSorted();
  assert.deepEqual(documents(first), [documents("sample-devopspolicy.yaml")[0]]);
  for (const file of others) {
    for (const { kind, metadata } of documents(file)) {
      if (String(kind) !== "Namespace") assert.equal(metadata?.namespace, "production", file);
    }
  }
});

Deno.test("kube-tests/ pods live in the namespace of the sample policy", () => {
  for (const file of PODS) assert.equal(documents(file)[0]?.metadata?.namespace, "production");
});

Deno.test("kube-tests/sample-devopspolicy.yaml makes its namespace first and turns every check on", () => {
  const [namespace, policy, ...rest] = documents("sample-devopspolicy.yaml");
  assert.deepEqual(rest, []);
  assert.deepEqual(namespace, { apiVersion: "v1", kind: "Namespace", metadata: { name: "production" } });
  assert.deepEqual(policy, {
    apiVersion: "devops.stochastic.io/v1",
    kind: "DevOpsPolicy",
    metadata: { name: "default-policy", namespace: "production" },
    spec: {
      forbidLatestTag: true,
      requireLivenessProbe: true,
      requireReadinessProbe: true,
      maxRestartCount: 3,
      forbidPendingDuration: 300,
    },
  });
});

Deno.test("kube-tests/strict-devopspolicy.yaml is at least as strict as the sample in every check", () => {
  const [policy] = documents("strict-devopspolicy.yaml");
  const strict = parseSpec(policy?.spec);
  for (const { field } of CHECKS) {
    const [mine, sample] = [strict[field], SAMPLE[field]];
    assert(mine === true || Number(mine) <= Number(sample), field);
  }
});
