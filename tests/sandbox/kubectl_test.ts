// kubectl changes things in the sandbox, finds its way around, and watches.

import assert from "node:assert/strict";
import { testKubectl } from "./kubectl.ts";

testKubectl("kubectl edits, labels, patches and deletes", async (kubectl) => {
  const EDITOR = "sed -i s/maxRestartCount:.3/maxRestartCount:\\ 9/";
  assert.match(await kubectl.ok("edit dop default-policy -n production", { env: { EDITOR } }), /edited/);
  assert.equal(
    await kubectl.ok(
      "get dop default-policy -n production -o jsonpath={.spec.maxRestartCount}/{.metadata.generation}",
    ),
    "9/2",
  );
  assert.match(await kubectl.ok("label dop default-policy -n production team=blue"), /labeled/);
  assert.match(await kubectl.ok("get dop -A -l team=blue -o name"), /default-policy/);
  assert.match(
    await kubectl.fails(
      'patch dop default-policy -n production --type=merge -p {"spec":{"maxRestartCount":-1}}',
    ),
    /spec.maxRestartCount in body should be greater than or equal to 0/,
  );
  assert.match(
    await kubectl.fails(
      'patch dop default-policy -n production --type=merge -p {"spec":{"typo":1}} --field-manager=x -v=0 --dry-run=bogus',
    ),
    /dry-run/,
  );
  assert.match(await kubectl.ok("delete dop default-policy -n production"), /deleted/);
  assert.match(await kubectl.fails("get dop default-policy -n production"), /NotFound/);
});

testKubectl(
  "kubectl finds its way around: resources, namespaces, events, who one is and what one may",
  async (kubectl) => {
    const resources = await kubectl.ok("api-resources");
    assert.match(resources, /^devopspolicies +dop +devops\.stochastic\.io\/v1 +true +DevOpsPolicy$/m);
    assert.match(await kubectl.ok("create ns shop"), /namespace\/shop created/);
    assert.match(await kubectl.ok("get ns"), /^shop +Active/m);
    assert.equal(await kubectl.ok("get events -A"), "");
    assert.equal(await kubectl.ok("auth can-i delete pods"), "yes\n");
    assert.match(await kubectl.ok("auth whoami"), /Username +admin/);
    assert.match(await kubectl.ok("wait --for=condition=Established crd --all"), /condition met/);
    assert.match(await kubectl.ok("delete ns shop"), /deleted/);
    assert.match(await kubectl.fails("get ns shop"), /NotFound/);
    assert.match(await kubectl.fails("get --raw /api/v1/configmaps"), /the sandbox does not do this/);
  },
);

testKubectl("kubectl watches pods come and go", async (kubectl) => {
  const watching = kubectl.ok("get pods -n production -w --request-timeout=2s");
  await kubectl.ok("run web --image=nginx -n production");
  await kubectl.ok("delete pod web -n production");
  const lines = (await watching).trim().split("\n");
  assert.match(lines[0]!, /^NAME +READY +STATUS +RESTARTS +AGE$/);
  assert.match(lines[1]!, /^web +0\/1 +Pending +0/);
  assert.match(lines.at(-1)!, /^web +0\/1 +Terminating/);
});
