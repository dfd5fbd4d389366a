/** Makes what the Helm chart shares with the rest of the project: its versions, and the operator's rights. */

import { electionPermissions, type Permission } from "../../lib/operator/permissions.ts";
import { rulesYaml } from "./rights.ts";

/** A Chart.yaml with this version in it, of the chart and of the operator: they are released together. */
export function withVersions(chart: string, version: string): string {
  return chart.replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: "${version}"`);
}

/** Its lease is called like all that a release makes, so that two of them in one namespace do not share one. */
const LEASE = '{{ include "kube-devops.name" . }}';

/** The templates `kube-devops.rules` and `kube-devops.leader-election-rules`, which the chart's roles hold. */
export function rulesTemplate(permissions: readonly Permission[]): string {
  const electionRules = rulesYaml(electionPermissions(LEASE)).replaceAll(JSON.stringify(LEASE), LEASE);
  return `\
{{/* Written by \`deno task generate\` from lib/operator/permissions.ts, never by hand. */}}
{{- define "kube-devops.rules" -}}
${rulesYaml(permissions)}{{- end -}}

{{- define "kube-devops.leader-election-rules" -}}
${electionRules}{{- end -}}
`;
}
