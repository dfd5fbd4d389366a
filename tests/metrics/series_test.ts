/** The series of policies: of the newest reading, whatever the policies are called, and none for the gone. */

import assert from "node:assert/strict";
import type { ObjectRef } from "../../lib/api/object.ts";
import { linesOf, metrics, READING, STRICT, textOf } from "../support/operator_metrics.ts";

Deno.test("OperatorMetrics shows the newest reading, and zero for a check that finds nothing any more", async () => {
  const one = metrics();
  one.observePolicy(STRICT, READING);
  one.observePolicy(STRICT, { ...READING, violations: 0, score: 100, byCheck: {} });
  const labels = 'namespace="production",policy="strict"';
  const text = await textOf(one);
  assert(text.includes(`devopspolicy_violations_total{${labels}} 0\n`));
  assert(text.includes(`devopspolicy_check_violations{${labels},check="latest_tag"} 0\n`));
});

Deno.test("OperatorMetrics escapes what a label may hold", async () => {
  const one = metrics();
  one.observePolicy({ namespace: 'a"} 1\nfake_metric{x="', name: "back\\slash" }, READING);
  assert.equal(
    (await linesOf(one, "devopspolicy_health_score"))[1],
    'devopspolicy_health_score{namespace="a\\"} 1\\nfake_metric{x=\\"",policy="back\\\\slash"} 87',
  );
  assert(!/^fake_metric/m.test(await textOf(one)));
});

const HOSTILE: readonly ObjectRef[] = [
  STRICT,
  { namespace: "constructor", name: "__proto__" },
  { namespace: "__proto__", name: "constructor" },
  { namespace: 'a",policy="b', name: "c" },
  { namespace: "a", name: 'b",policy="c' },
];

Deno.test("OperatorMetrics keeps policies with hostile names apart", async () => {
  const one = metrics();
  HOSTILE.forEach((ref, i) => one.observePolicy(ref, { ...READING, score: i }));
  const lines = (await linesOf(one, "devopspolicy_health_score")).slice(1);
  assert.deepEqual(lines.map((line) => line.slice(-2)), HOSTILE.map((_, i) => ` ${i}`));
});

for (const gone of HOSTILE) {
  Deno.test(`OperatorMetrics forgets all series of ${JSON.stringify(gone)}, and no other's`, async () => {
    const [one, other] = [metrics(), metrics()];
    for (const ref of HOSTILE) one.observePolicy(ref, READING);
    for (const ref of HOSTILE) if (ref !== gone) other.observePolicy(ref, READING);
    assert.notEqual(await textOf(one), await textOf(other));
    one.forgetPolicy(gone);
    assert.equal(await textOf(one), await textOf(other));
  });
}

Deno.test("OperatorMetrics forgets a policy that it never knew without complaint", () => {
  metrics().forgetPolicy(STRICT);
});

Deno.test("OperatorMetrics of two operators do not know each other", async () => {
  const [one, other] = [metrics(), metrics({ version: "4.5.6" })];
  one.observePolicy(STRICT, READING);
  one.observeReconcile(1, true);
  const text = await textOf(other);
  assert(!text.includes("strict") && !text.includes("1.2.3"));
  assert(text.includes("devopspolicy_reconcile_errors_total 0\n"));
});

Deno.test("OperatorMetrics counts a policy that cannot be evaluated once, and no more when it can be, or is gone", async () => {
  const one = metrics();
  const [mended, gone, changed] = ["mended", "gone", "changed"].map((name) => ({ namespace: "team", name }));
  for (const ref of [mended!, gone!, changed!]) one.observeUnevaluable(ref, "InvalidSpec");
  one.observeUnevaluable(gone!, "InvalidSpec");
  one.observeUnevaluable(changed!, "PodsUnavailable");
  one.observePolicy(mended!, READING);
  one.forgetPolicy(gone!);
  assert.deepEqual((await linesOf(one, "devopspolicy_unevaluable_policies")).slice(1), [
    'devopspolicy_unevaluable_policies{reason="PodsUnavailable"} 1',
  ]);
});
