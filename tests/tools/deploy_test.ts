/** What deploy/base says of the operator, held against the operator itself. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import project from "../../deno.json" with { type: "json" };
import { toPodFacts } from "../../lib/api/pod_json.ts";
import { addressOption } from "../../lib/cli/options.ts";
import { detectViolationsWithoutPolicy } from "../../lib/policy/pod.ts";

const manifest = async (name: string) =>
  parse(await Deno.readTextFile(new URL(`../../deploy/base/${name}.yaml`, import.meta.url)));

Deno.test("the operator's own pod keeps to every check, and its image is of this version", async () => {
  const { spec: { template } } = await manifest("deployment");
  const [container] = template.spec.containers;
  assert.equal(container.image, `ghcr.io/stochastic/kube-devops:${project.version}`);
  const pod = toPodFacts({
    ...template,
    metadata: { ...template.metadata, namespace: "any", name: "kube-devops-1" },
  });
  assert.ok(pod);
  assert.deepEqual(detectViolationsWithoutPolicy(pod), []);
});

Deno.test("the operator listens where its probes, its Service and its NetworkPolicy expect it", async () => {
  const { spec: deployment } = await manifest("deployment");
  const { spec: service } = await manifest("service");
  const { spec: policy } = await manifest("networkpolicy");
  const [container] = deployment.template.spec.containers;
  const [command, flag, address] = container.args;
  assert.deepEqual([command, flag], ["reconcile", "--metrics-addr"]);
  const port = { name: "metrics", containerPort: 9090 };
  assert.deepEqual(container.ports, [port]);
  assert.deepEqual(addressOption(address), { hostname: "::", port: port.containerPort });
  for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
    assert.equal(container[probe].httpGet.port, port.name);
  }
  assert.deepEqual(service.ports, [{ name: "metrics", port: 9090, targetPort: port.name }]);
  assert.deepEqual(policy.ingress, [{ ports: [{ protocol: "TCP", port: port.containerPort }] }]);
  for (
    const selector of [service.selector, policy.podSelector.matchLabels, deployment.selector.matchLabels]
  ) {
    assert.deepEqual(selector, deployment.template.metadata.labels);
  }
});
