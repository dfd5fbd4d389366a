/** The real kubectl on the running demo: what a person at a second terminal tries, and that the operator follows. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, testWithKubectl, withKubeconfig } from "../../sandbox/kubectl.ts";
import { Program } from "../../support/program.ts";

/** Commands that change nothing, and what they print. */
const READS: readonly (readonly [string, RegExp])[] = [
  ["get dop -A", /^NAMESPACE +NAME +SCORE +HEALTHY +VIOLATIONS +LAST-EVALUATED +AGE\n/],
  ["get dop -A", /^production +default-policy +98 +true +4 +\d+s +\d+s$/m],
  ["get dop -A", /^shop +default-policy +/m],
  ["get dop -n production -o wide", /4 violations across 6 pods — Healthy \(98\)/],
  ["get dop default-policy -n production -o yaml", /^ {4}detail: image nginx:latest resolves to latest$/m],
  ["describe dop default-policy -n production", /Findings:\n +Check: +latest_tag\n[^]*Events: +<none>/],
  ["describe pod breaks-latest-tag -n production", /Status: +Pending\n[^]*Image: +nginx:latest/],
  ["describe ns production", /Status: +Active\n\nNo resource quota\.\n\nNo LimitRange resource\./],
  ["explain dop.spec", /maxRestartCount\t<integer>\n {4}Flag each container/],
  ["explain dop.status.findings", /FIELD: findings <\[\]Object>[^]*container\t<string>/],
  ["wait --for=condition=Ready dop/default-policy -n production --timeout=10s", / condition met/],
  ["get ns", /^production +Active +/m],
  ["get events -A", /^$/],
  ["get all -A", /^production +pod\/compliant +0\/1 +Pending +0 /m],
  ["get crd", /^devopspolicies\.devops\.stochastic\.io +/m],
  ["get pods -A --field-selector metadata.name=compliant -o name", /^pod\/compliant\n$/],
  ["get --raw /readyz", /^ok$/],
  ["api-resources", /^devopspolicies +dop +devops\.stochastic\.io\/v1 +true +DevOpsPolicy$/m],
  ["api-versions", /^devops\.stochastic\.io\/v1$/m],
  ["version", /^Server Version: v1\.34\./m],
  ["cluster-info", /Kubernetes control plane.* is running at .*https:\/\/127\.0\.0\.1:/],
  ["auth can-i delete pods", /^yes\n$/],
  ["auth can-i --list", /^\*\.\* +\[\] +\[\] +\[\*\]$/m],
  ["diff -f @kube-tests", /^$/],
  ["diff --server-side -f @kube-tests", /^$/],
];

/** Commands for which there is no kubelet, no controller or no such thing, and what they complain of. */
const REFUSALS: readonly (readonly [string, RegExp])[] = [
  ["logs compliant -n production", /Pods' log: the sandbox does not do this, a real API server does/],
  ["exec compliant -n production -- ls", /Pods' exec: the sandbox does not do this, a real API server does/],
  ["scale dop default-policy -n production --replicas=2", /NotFound/],
  ["scale deploy web --replicas=2", /the server doesn't have a resource type "deploy"/],
  [
    "apply -f @deploy/base/serviceaccount.yaml",
    /OpenAPI v2: the sandbox does not do this, a real API server does/,
  ],
  ["create deployment web --image=nginx", /deployments\.apps: the sandbox does not do this/],
  [
    "expose pod compliant -n production --port=80 --selector=a=b",
    /Writing services: the sandbox does not do this/,
  ],
  ["get pods -A --as=somebody", /in the name of somebody else: the sandbox does not do this/],
  ["top pods", /Metrics API not available/],
  ["delete ns default", /this namespace may not be deleted/],
];

/** Commands one after the other, and what they print. */
const CHANGES: readonly (readonly [string, RegExp])[] = [
  ["label dop default-policy -n production team=blue", / labeled/],
  ["get dop -A -l team=blue -o name", /default-policy/],
  ["annotate dop default-policy -n production note=read", / annotated/],
  ['patch dop default-policy -n production --type=merge -p {"spec":{"maxRestartCount":7}}', / patched/],
  [
    'patch pod breaks-latest-tag -n production -p {"spec":{"containers":[{"name":"web","image":"nginx:1"}]}}',
    / patched/,
  ],
  [status("default-policy", "violations", 3), / condition met/],
  ["run web --image=nginx -n production", /pod\/web created/],
  [status("default-policy", "violations", 6), / condition met/],
  ["delete pod web breaks-latest-tag breaks-liveness-probe breaks-readiness-probe -n production", /deleted/],
  ["wait --for=condition=Compliant dop/default-policy -n production --timeout=10s", / condition met/],
  ["replace -f @kube-tests/sample-devopspolicy.yaml", /default-policy replaced/],
  ["create ns aside", /created/],
  ["delete ns aside", /deleted/],
  ["delete dop strict -n production", /deleted/],
  ["delete ns production", /deleted/],
  ["get dop -n production -o name", /^$/],
];

/** Waits until a status says so. */
function status(policy: string, field: string, value: number): string {
  return `wait --for=jsonpath={.status.${field}}=${value} dop/${policy} -n production --timeout=10s`;
}

testWithKubectl("kubectl joins the demo, and the operator follows all that it does", async (test) => {
  await using demo = new Program(["demo"]);
  await demo.says("Ctrl+C ends it.", "stdout");
  const [, path = ""] = /export KUBECONFIG=(\S+)/.exec(demo.stdout) ?? [];
  await using kubectl = await withKubeconfig(await Deno.readTextFile(path));

  await test.step("apply -f, of each sample", async () => {
    for (const file of await samples()) {
      assert.match(await kubectl.ok(`apply -f ${file}`), /^\S+ (created|unchanged)$/m);
    }
    await kubectl.ok(status("default-policy", "violations", 4));
    await kubectl.ok(status("strict", "violations", 4));
  });
  await test.step("patch --type=json", async () => {
    const patch = '[{"op":"remove","path":"/spec/forbidLatestTag"}]';
    assert.match(await kubectl.ok(`patch dop strict -n production --type=json -p ${patch}`), / patched/);
    await kubectl.ok(status("strict", "violations", 2));
  });
  await test.step("apply --server-side, of each sample", async () => {
    for (const file of await samples()) {
      assert.match(await kubectl.ok(`apply --server-side -f ${file}`), /^\S+ serverside-applied$/m);
    }
  });
  await test.step("what changes nothing", () =>
    eachOf(READS, async ([line, expected]) => assert.match(await kubectl.ok(line), expected, line)));
  await test.step("what there is no kubelet or controller for", () =>
    eachOf(REFUSALS, async ([line, expected]) => assert.match(await kubectl.fails(line), expected, line)));
  await test.step("edit dop", async () => {
    const env = { KUBE_EDITOR: "sed -i s/maxRestartCount:.3/maxRestartCount:\\ 9/" };
    assert.match(await kubectl.ok("edit dop default-policy -n production", { env }), / edited/);
    await kubectl.ok(status("default-policy", "observedGeneration", 2));
  });
  // They watch until the demo ends, which is no failure.
  const watching = Promise.all(["pods", "dop"].map((kind) => kubectl.ok(`get ${kind} -n production -w`)));
  for (const [line, expected] of CHANGES) {
    await test.step(line, async () => assert.match(await kubectl.ok(line), expected));
  }
  demo.signal("SIGINT");
  const { code, stdout, stderr } = await demo.end();
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.doesNotMatch(stdout, /✗|warning/);
  await test.step("get pods -w, and get dop -w", async () => {
    const [pods, policies] = await watching;
    assert.match(pods!, /^NAME +READY +STATUS +RESTARTS +AGE\n[^]*^web +0\/1 +Pending +0 +\d+s\n/m);
    assert.match(pods!, /^web +0\/1 +Terminating /m);
    assert.match(policies!, /^default-policy +100 +true +0 /m);
  });
});

/** Runs a few at once, as each of them mostly starts. */
async function eachOf<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (const item of queue) await run(item);
  }));
}

async function samples(): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(join(ROOT, "kube-tests")), ({ name }) => name);
  return files.sort().map((name) => `@kube-tests/${name}`);
}
