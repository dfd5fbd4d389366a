/** The CustomResourceDefinition, made from the same schemas that the operator itself works with. */

import { POLICY_RESOURCE } from "../api/devops_policy.ts";
import { PolicySpecSchema } from "./spec.ts";
import { PolicyStatusSchema } from "./status_schema.ts";

const { group, version, kind, plural, singular, shortName, category } = POLICY_RESOURCE;

/** The name of the definition on an API server. */
export const CRD_NAME = `${plural}.${group}`;

const COLUMNS = [
  { name: "Score", type: "integer", jsonPath: ".status.healthScore" },
  { name: "Healthy", type: "boolean", jsonPath: ".status.healthy" },
  { name: "Violations", type: "integer", jsonPath: ".status.violations" },
  { name: "Message", type: "string", jsonPath: ".status.message", priority: 1 },
  { name: "Last-Evaluated", type: "date", jsonPath: ".status.lastEvaluated" },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

/** The definition as plain data, ready for JSON or YAML. */
export function policyCrd() {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: CRD_NAME },
    spec: {
      group,
      scope: "Namespaced",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        shortNames: [shortName],
        categories: [category],
      },
      versions: [{
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: COLUMNS,
        schema: {
          openAPIV3Schema: {
            type: "object",
            description: "Governance rules for the pods of a namespace, and how well the pods keep to them.",
            required: ["spec"],
            // Through JSON, because the schemas carry marks that only their own library understands.
            properties: JSON.parse(JSON.stringify({
              spec: PolicySpecSchema,
              status: { ...PolicyStatusSchema, nullable: true },
            })),
          },
        },
      }],
    },
  };
}
