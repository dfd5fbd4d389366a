/** Times what a reconcile computes: the evaluation of a namespace, its score, its status, and whether to write it. */

import { evaluate } from "../../../lib/policy/evaluate.ts";
import { parseSpec } from "../../../lib/policy/parse_spec.ts";
import { classify, healthScore } from "../../../lib/policy/score.ts";
import { nextStatus, parseStatus, writeReason } from "../../../lib/policy/status.ts";
import { POLICY_SPEC } from "../plan.ts";
import { plannedFacts } from "./captured.ts";

const NOW = Date.UTC(2026, 1, 22, 12);

for (const count of [10, 100, 1_000, 10_000]) {
  const pods = plannedFacts(count);
  Deno.bench(`evaluate ${count} pods`, { group: "evaluation" }, () => void evaluate(pods, POLICY_SPEC, NOW));
}

const evaluation = evaluate(plannedFacts(100), POLICY_SPEC, NOW);
const totals = Array.from({ length: 1_000 }, (_, i) => ({ pods: i % 97, penalty: i * 31 }));

Deno.bench("score and classify 1000 namespaces", { group: "score" }, () => {
  for (const total of totals) classify(healthScore(total));
});

const outcome = { kind: "evaluated", evaluation } as const;
const moment = { generation: 1, now: NOW };
const status = nextStatus({}, outcome, moment);

Deno.bench(
  "the next status of a policy",
  { group: "status" },
  () => void nextStatus(status, outcome, moment),
);

Deno.bench("the spec of a policy, parsed", { group: "status" }, () => void parseSpec(POLICY_SPEC));

Deno.bench("the stored status of a policy, checked", { group: "status" }, () => void parseStatus(status));

const next = nextStatus(status, outcome, moment);

Deno.bench("whether to write the next one", { group: "status" }, () => {
  writeReason(status, next, { now: NOW, refreshAfterMs: 30_000 });
});
