/** Makes what the Helm chart shares with the rest of the project: its versions, and the operator's rights. */

import type { Permission } from "../../lib/operator/permissions.ts";
import { rulesYaml } from "./rights.ts";

/** A Chart.yaml with this version in it, of the chart and of the operator: they are released together. */
export function withVersions(chart: string, version: string): string {
  return chart.replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^appVersion: .*$/m, `appVersion: "${version}"`);
}

/** The template `kube-devops.rules`, which the chart's roles hold. */
export function rulesTemplate(permissions: readonly Permission[]): string {
  return `\
{{/* Written by \`deno task generate\` from lib/operator/permissions.ts, never by hand. */}}
{{- define "kube-devops.rules" -}}
${rulesYaml(permissions)}{{- end -}}
`;
}
