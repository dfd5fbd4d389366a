/** What the generator puts into the Helm chart. */

import assert from "node:assert/strict";
import { electionPermissions, type Permission } from "../../lib/operator/permissions.ts";
import { rulesTemplate, withVersions } from "../../tools/generate/chart.ts";
import { rulesYaml } from "../../tools/generate/rights.ts";

Deno.test("withVersions() changes the chart's version and the operator's, and nothing else", () => {
  const chart = (version: string) =>
    `# version: old\napiVersion: v2\nversion: ${version}\nappVersion: "${version}"\ntype: application\n`;
  assert.equal(withVersions(chart("0.0.1"), "1.2.3-rc.1"), chart("1.2.3-rc.1"));
});

Deno.test("rulesTemplate() defines the rules of a role, without a line too many", () => {
  const some: Permission[] = [{ verb: "get", group: "example.com", resource: "things", why: "know" }];
  const template = rulesTemplate(some);
  const [, defined] = /\n\{\{- define "kube-devops.rules" -\}\}\n([^]*?)\{\{- end -\}\}\n/.exec(template) ??
    [];
  assert.equal(defined, rulesYaml(some));
});

Deno.test("rulesTemplate() defines the rules of leader election, on the lease that is called like the release", () => {
  const [, defined] = /\n\{\{- define "kube-devops.leader-election-rules" -\}\}\n([^]*)\{\{- end -\}\}\n$/
    .exec(rulesTemplate([])) ?? [];
  const name = '{{ include "kube-devops.name" . }}';
  assert.equal(defined, rulesYaml(electionPermissions("x")).replace('"x"', name));
});
