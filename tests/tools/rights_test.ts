/** The rights of the operator, as a role grants them and as people read them. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  ELECTION_ROLE,
  electionPermissions,
  type Permission,
  PERMISSIONS,
} from "../../lib/operator/permissions.ts";
import { rightsTable, roleYaml, rulesYaml } from "../../tools/generate/rights.ts";

const SOME: readonly Permission[] = [
  { verb: "watch", group: "", resource: "pods", why: "see: pods #1" },
  { verb: "patch", group: "example.com", resource: "things/status", why: "write" },
  { verb: "list", group: "", resource: "pods", why: "read pods" },
  { verb: "get", group: "other.example.com", resource: "pods", why: "confuse" },
];

Deno.test("rulesYaml() makes one rule of each resource of each group, with the reason of every verb above it", () => {
  assert.equal(
    rulesYaml(SOME),
    `\
rules:
  # watch: to see: pods #1
  # list: to read pods
  - apiGroups: [""]
    resources: ["pods"]
    verbs: ["watch", "list"]
  # patch: to write
  - apiGroups: ["example.com"]
    resources: ["things/status"]
    verbs: ["patch"]
  # get: to confuse
  - apiGroups: ["other.example.com"]
    resources: ["pods"]
    verbs: ["get"]
`,
  );
});

for (const kind of ["ClusterRole", "Role"] as const) {
  Deno.test(`roleYaml() makes a ${kind} that grants every right of the table, and no other`, () => {
    const role = parse(roleYaml(kind, PERMISSIONS));
    assert.equal(role.kind, kind);
    const granted = role.rules.flatMap(
      ({ apiGroups, resources, verbs }: Record<string, string[]>) =>
        apiGroups!.flatMap((group) =>
          resources!.flatMap((resource) => verbs!.map((verb) => `${verb} ${group}/${resource}`))
        ),
    );
    const needed = PERMISSIONS.map(({ verb, group, resource }) => `${verb} ${group}/${resource}`);
    assert.deepEqual(granted.sort(), needed.sort());
  });
}

Deno.test("roleYaml() makes a role of rights on one object, and keeps apart the one that cannot be on one", () => {
  const { metadata, rules } = parse(roleYaml("Role", electionPermissions("mine"), ELECTION_ROLE));
  assert.equal(metadata.name, "kube-devops-leader-election");
  const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
  assert.deepEqual(rules, [
    { ...lease, verbs: ["create"] },
    { ...lease, resourceNames: ["mine"], verbs: ["get", "patch"] },
  ]);
});

Deno.test("rightsTable() says of which object alone a right is", () => {
  const [, , , row] = rightsTable(electionPermissions("mine")).split("\n");
  assert.match(row!, /^\| `get` .* \| `leases`, but only `mine` \|/);
});

Deno.test("rightsTable() has a row for each right", () => {
  const rows = rightsTable(SOME).split("\n").map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  assert.deepEqual(rows.slice(2), [
    ["`watch`", "`pods`", "core", "see: pods #1"],
    ["`patch`", "`things/status`", "`example.com`", "write"],
    ["`list`", "`pods`", "core", "read pods"],
    ["`get`", "`pods`", "`other.example.com`", "confuse"],
  ]);
});
