// kubectl reads and applies policies of the sandbox: every command that the demo invites to.

import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, testKubectl, writeStatus } from "./kubectl.ts";

const STATUS = {
  observedGeneration: 1,
  healthy: true,
  healthScore: 97,
  violations: 3,
  message: "3 violations across 4 pods — Healthy (97)",
  lastEvaluated: "2026-01-01T00:00:00Z",
  conditions: [{
    type: "Compliant",
    status: "True",
    lastTransitionTime: "2026-01-01T00:00:00Z",
    reason: "NoViolations",
    message: "",
  }],
};

testKubectl("kubectl gets policies as tables and as YAML, describes and explains them", async (kubectl) => {
  await writeStatus(kubectl, STATUS);
  const [head, row] = (await kubectl.ok("get dop -A")).split("\n");
  assert.match(head!, /^NAMESPACE +NAME +SCORE +HEALTHY +VIOLATIONS +LAST-EVALUATED +AGE/);
  assert.match(row!, /^production +default-policy +97 +true +3 +\d+/);
  assert.match(
    await kubectl.ok("get dop -n production -o wide"),
    /MESSAGE[^]*3 violations across 4 pods — Healthy/,
  );
  assert.match(await kubectl.ok("get dop default-policy -n production -o yaml"), /^ {2}healthScore: 97$/m);
  assert.equal(
    await kubectl.ok("get devops -A -o name"),
    "devopspolicy.devops.stochastic.io/default-policy\n",
  );
  assert.match(await kubectl.ok("describe dop -n production"), /Health Score: +97[^]*Events: +<none>/);
  assert.match(await kubectl.ok("explain dop.spec"), /FIELD: spec <Object>[^]*forbidLatestTag\t<boolean>/);
  assert.match(
    await kubectl.ok("wait --for=condition=Compliant dop/default-policy -n production --timeout=5s"),
    /met/,
  );
});

testKubectl(
  "kubectl applies the samples, again, and on the server's side, and tells of conflicts",
  async (kubectl) => {
    assert.match(
      await kubectl.ok("apply -f @kube-tests"),
      /pod\/breaks-latest-tag created[^]*default-policy configured/,
    );
    assert.doesNotMatch(await kubectl.ok("apply -f @kube-tests"), /created|configured/);
    for (let turn = 0; turn < 2; turn++) {
      assert.match(
        await kubectl.ok("apply --server-side -f @kube-tests/sample-devopspolicy.yaml"),
        /default-policy serverside-applied/,
      );
    }
    const sample = await Deno.readTextFile(join(ROOT, "kube-tests/sample-devopspolicy.yaml"));
    const stdin = sample.replace("maxRestartCount: 3", "maxRestartCount: 4");
    await kubectl.ok("apply --server-side --field-manager=other --force-conflicts -f -", { stdin });
    assert.match(
      await kubectl.fails("apply --server-side -f @kube-tests/sample-devopspolicy.yaml"),
      /conflict with "other": \.spec\.maxRestartCount/,
    );
  },
);

testKubectl("kubectl describes a policy with the events that are told of it", async (kubectl) => {
  const uid = await kubectl.ok("get dop default-policy -n production -o jsonpath={.metadata.uid}");
  const tell = (name: string, uid: string, more: object = {}) =>
    kubectl.ok("create --validate=false -f -", {
      stdin: JSON.stringify({
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { name, namespace: "production" },
        regarding: { kind: "DevOpsPolicy", namespace: "production", name: "default-policy", uid },
        reportingController: "kube-devops-operator",
        reportingInstance: "one",
        action: "Evaluate",
        type: "Warning",
        reason: "ClassificationChanged",
        note: `Told as ${name}.`,
        eventTime: new Date(Date.now() - 60_000).toISOString().replace("Z", "000Z"),
        ...more,
      }),
    });
  await tell("first", uid);
  const lastObservedTime = new Date().toISOString().replace("Z", "000Z");
  await tell("second", uid, { series: { count: 4, lastObservedTime } });
  await tell("other", "of-another");
  const shown = await kubectl.ok("describe dop default-policy -n production");
  assert.match(shown, /^ {2}Warning +ClassificationChanged +\d+s +kube-devops-operator +Told as first\.$/m);
  assert.match(shown, /ClassificationChanged +\d+s \(x4 over \d+s\) +kube-devops-operator +Told as second\./);
  assert.doesNotMatch(shown, /Told as other/);
  assert.match(await kubectl.ok("get events -n production"), /devopspolicy\/default-policy +Told as first\./);
});
