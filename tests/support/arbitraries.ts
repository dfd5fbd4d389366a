/** What property tests draw from: images, pods and specs, the hostile ones that an API server lets through included. */

import fc from "fast-check";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import type { PodMetrics } from "../../lib/policy/evaluate.ts";
import type { PolicySpec } from "../../lib/policy/spec.ts";
import { CREATED, pod, type PodBuilder } from "./pod_builder.ts";

/** Any characters at all. Those of fast-check's own `unit: "binary"` begin with a table of them all, a second for each file. */
export const wildText: fc.Arbitrary<string> = fc.string({
  unit: fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
});

/** Text that somebody who means harm, or a fuzzer, would put into an object. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "",
    "\u001b[2J",
    "a\nb",
    "\ud800",
    "\u202eabc",
    "…",
  ),
  wildText,
  fc.string({ unit: "grapheme" }),
);

/** Names as the API server enforces them, and hostile ones. */
export const names: fc.Arbitrary<string> = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), hostileText);

/** Sound images, with every combination of registry, tag and digest, and hostile ones. */
export const images: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(
    fc.constantFrom("", "host:5000/", "localhost/", "gcr.io/"),
    fc.constantFrom("app", "team/app", "latest"),
    fc.constantFrom("", ":latest", ":Latest", ":latest-1", ":1.0", ":"),
    fc.constantFrom("", "", "", "@sha256:" + "ab".repeat(32)),
  ).map((parts) => parts.join("")),
  fc.string({ unit: fc.constantFrom("a", ":", "/", "@", "latest", ".") }),
  hostileText,
);

/** Whole seconds near the time at which pods of tests are created. */
export const moments: fc.Arbitrary<number> = fc.integer({ min: -600, max: 600 })
  .map((seconds) => CREATED + seconds * 1000);

const containers = fc.uniqueArray(
  fc.record({
    name: names,
    kind: fc.constantFrom("container", "init", "sidecar", "ephemeral"),
    options: fc.record({
      image: images,
      liveness: fc.boolean(),
      readiness: fc.boolean(),
      restarts: fc.oneof(fc.nat(8), fc.nat(2_147_483_647)),
    }),
  }),
  { selector: ({ name }) => name, maxLength: 5 },
);

/** Pods of every phase and kind, within what an API server can hold. */
export const podBuilders: fc.Arbitrary<PodBuilder> = fc.record({
  name: names.filter((name) => name !== ""),
  phase: fc.oneof(fc.constantFrom("Pending", "Running", "Succeeded", "Failed", "Unknown"), hostileText),
  createdAt: fc.oneof({ weight: 9, arbitrary: moments }, { weight: 1, arbitrary: fc.constant(NaN) }),
  deleting: fc.nat(4).map((n) => n === 0),
  restartPolicy: fc.constantFrom("Always", "Always", "OnFailure", "Never"),
  containers,
}).map(({ name, phase, createdAt, deleting, restartPolicy, containers }) => {
  const start = pod(name).phase(phase).createdAt(createdAt).restartPolicy(restartPolicy);
  return containers.reduce(
    (builder, { name, kind, options }) => builder[kind](name, options),
    deleting ? start.deleting() : start,
  );
});

/** The pods of one namespace: no two of one name. */
export const namespacePods = fc.uniqueArray(podBuilders.map((builder) => builder.facts()), {
  selector: ({ name }) => name,
  maxLength: 40,
});

const limits = fc.oneof(fc.nat(6), fc.nat(300), fc.constantFrom(2_147_483_647, null));

/** Specs with every field on, off, null or left out. */
export const specs: fc.Arbitrary<PolicySpec> = fc.record({
  forbidLatestTag: fc.constantFrom(true, true, false, null),
  requireLivenessProbe: fc.constantFrom(true, true, false, null),
  requireReadinessProbe: fc.constantFrom(true, true, false, null),
  maxRestartCount: limits,
  forbidPendingDuration: limits,
}, { requiredKeys: [] });

/** Every check on, with settings under which arbitrary pods break each of them now and then. */
export const STRICT: PolicySpec = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

const perCheck = { latest_tag: 5, missing_liveness: 3, missing_readiness: 2, high_restarts: 24, pending: 4 };

/** Metrics that add up: the violations are those of the checks, and the penalty is theirs. */
export const metrics: fc.Arbitrary<PodMetrics> = fc.record({
  pods: fc.nat(50),
  byCheck: fc.record({
    latest_tag: fc.nat(99),
    missing_liveness: fc.nat(99),
    missing_readiness: fc.nat(99),
    high_restarts: fc.nat(99),
    pending: fc.nat(99),
  }),
}).map(({ pods, byCheck }) => {
  const counts = Object.values(byCheck);
  return {
    pods,
    violations: counts.reduce((a, b) => a + b, 0),
    penalty: Object.values(perCheck).reduce((sum, weight, i) => sum + weight * counts[i]!, 0),
    byCheck: { ...byCheck },
  };
});

/** Pods as no decoder makes them: any number, any text, names twice, with a problem or without. */
export const wildPods: fc.Arbitrary<PodFacts> = fc.record({
  namespace: hostileText,
  name: hostileText,
  resourceVersion: hostileText,
  phase: fc.oneof(fc.constantFrom("Pending", "Running", "Succeeded"), hostileText),
  createdAtSeconds: fc.oneof(moments.map((ms) => ms / 1000), fc.double(), fc.constant(undefined)),
  deleting: fc.boolean(),
  restartPolicy: fc.oneof(fc.constant("Always"), hostileText),
  containers: fc.array(
    fc.record({
      name: hostileText,
      kind: fc.constantFrom("regular", "init", "sidecar"),
      image: images,
      hasLivenessProbe: fc.boolean(),
      hasReadinessProbe: fc.boolean(),
      restarts: fc.oneof(fc.constantFrom(-5, NaN, Infinity), fc.double()),
    }),
    { maxLength: 6 },
  ),
  problem: fc.option(fc.constant("spec.containers is not a list"), { nil: undefined, freq: 8 }),
}).map(({ problem, ...sound }) => problem === undefined ? sound : { ...sound, problem });

/** Text that both JSON and UTF-8 can carry unchanged. */
const soundText = hostileText.map((text) => text.toWellFormed());
const probes = fc.constantFrom(undefined, null, {}, { httpGet: { path: "/healthz" } });
const apiContainers = fc.array(
  fc.record({
    name: fc.oneof(names.map((name) => name.toWellFormed()), fc.constantFrom("app", "proxy")),
    image: images.map((image) => image.toWellFormed()),
    restartPolicy: fc.constantFrom(undefined, "Always", "Never", ""),
    livenessProbe: probes,
    readinessProbe: probes,
  }, { requiredKeys: ["name"] }),
  { maxLength: 5 },
);
const apiStatuses = fc.array(
  fc.record({
    name: fc.oneof(names.map((name) => name.toWellFormed()), fc.constantFrom("app", "proxy")),
    restartCount: fc.oneof(fc.nat(8), fc.integer(), fc.constantFrom(-5, -2_147_483_648, 2_147_483_647)),
  }, { requiredKeys: [] }),
  { maxLength: 5 },
);
/** From the year 2 to 9999, the times that the JSON of an API server can carry; none in the year 1 counts as no time. */
const apiTimes = fc.integer({ min: -62_100_000_000, max: 253_402_300_799 })
  .map((seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z"));

/** Pods in the JSON form, of sound types but any content: what an API server could send in either form. */
export const apiPods: fc.Arbitrary<object> = fc.record({
  metadata: fc.record({
    name: soundText,
    namespace: soundText,
    resourceVersion: fc.nat().map(String),
    creationTimestamp: fc.option(apiTimes),
    deletionTimestamp: fc.option(apiTimes),
    labels: fc.dictionary(soundText, soundText, { maxKeys: 3 }),
  }, { requiredKeys: [] }),
  spec: fc.record({
    containers: fc.option(apiContainers),
    initContainers: fc.option(apiContainers),
    ephemeralContainers: fc.constantFrom(undefined, [{ common: { name: "app", image: "debug" } }]),
    restartPolicy: fc.oneof(fc.constantFrom("Always", "Never", "OnFailure", ""), soundText),
  }, { requiredKeys: [] }),
  status: fc.record({
    phase: fc.oneof(fc.constantFrom("Pending", "Running"), soundText),
    containerStatuses: fc.option(apiStatuses),
    initContainerStatuses: fc.option(apiStatuses),
    ephemeralContainerStatuses: fc.option(apiStatuses),
  }, { requiredKeys: [] }),
}, { requiredKeys: ["metadata"] });
