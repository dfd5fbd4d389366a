/** The rights of the operator, as a role grants them and as people read them: both made from the table in the code. */

import { ELECTION_ROLE, type Permission } from "../../lib/operator/permissions.ts";
import { markdownTable } from "./markdown.ts";

/** The rules of a role that grants `permissions`, each with its reason, as YAML. */
export function rulesYaml(permissions: readonly Permission[]): string {
  const byResource = Map.groupBy(permissions, ({ group, resource, name }) => `${group}/${resource}/${name}`);
  const rules = [...byResource.values()].flatMap((rights) => [
    ...rights.map(({ verb, why }) => `  # ${verb}: to ${why}`),
    `  - apiGroups: ${flowList(rights.slice(0, 1).map(({ group }) => group))}`,
    `    resources: ${flowList(rights.slice(0, 1).map(({ resource }) => resource))}`,
    ...rights.slice(0, 1).flatMap(({ name }) =>
      name === undefined ? [] : [`    resourceNames: ${flowList([name])}`]
    ),
    `    verbs: ${flowList(rights.map(({ verb }) => verb))}`,
  ]);
  return ["rules:", ...rules, ""].join("\n");
}

/** A role that grants `permissions`. One without a namespace gets it from the kustomization that takes it in. */
export function roleYaml(
  kind: "ClusterRole" | "Role",
  permissions: readonly Permission[],
  name = "kube-devops",
): string {
  return `\
# What the operator asks of a cluster${
    name === ELECTION_ROLE ? " for leader election" : ""
  }, and not a right more.
# Written by \`deno task generate\` from lib/operator/permissions.ts, never by hand.
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: kube-devops
${rulesYaml(permissions)}`;
}

/** A Markdown table: a row for each right. */
export function rightsTable(permissions: readonly Permission[]): string {
  return markdownTable(
    ["Verb", "Resource", "API group", "To"],
    permissions.map(({ verb, resource, name, group, why }) => [
      `\`${verb}\``,
      name === undefined ? `\`${resource}\`` : `\`${resource}\`, but only \`${name}\``,
      group === "" ? "core" : `\`${group}\``,
      why,
    ]),
  );
}

function flowList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}
