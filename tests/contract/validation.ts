/** Validation: what the CRD's schema refuses, in the words that kubectl shows. */

import assert from "node:assert/strict";
import { assertRefusal, uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, policy } from "./team.ts";

interface Cause {
  readonly field: string;
  readonly message: string;
  readonly reason: string;
}

function invalid(field: string, value: unknown, why: string): Cause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${why}`, field };
}

function wrongType(field: string, is: string, should: string, named = field): Cause {
  const message = `Invalid value: "${is}": ${named} in body must be of type ${should}: "${is}"`;
  return { reason: "FieldValueTypeInvalid", message, field };
}

function required(field: string): Cause {
  return { reason: "FieldValueRequired", message: "Required value", field };
}

function atLeast(field: string, value: number): Cause {
  return invalid(field, value, `${field} in body should be greater than or equal to 0`);
}

function atMost(field: string, value: number, most: number): Cause {
  return invalid(field, value, `${field} in body should be less than or equal to ${most}`);
}

/** A real server names several causes in any order. */
function byField(causes: readonly Cause[]): Cause[] {
  return causes.toSorted((a, b) => a.field < b.field ? -1 : 1);
}

const MAX_INT32 = 2 ** 31 - 1;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;
const [LATEST, LIVENESS, READINESS, RESTARTS, PENDING] = [
  "spec.forbidLatestTag",
  "spec.requireLivenessProbe",
  "spec.requireReadinessProbe",
  "spec.maxRestartCount",
  "spec.forbidPendingDuration",
] as const;

/** Specs, and what is wrong with each. */
const SPECS: readonly (readonly [what: string, spec: unknown, causes: readonly Cause[]])[] = [
  ["no spec", undefined, [required("spec")]],
  ["a null spec", null, [required("spec")]],
  ["a spec that is text", "on", [wrongType("spec", "string", "object")]],
  ["a spec that is a list", [], [wrongType("spec", "array", "object")]],
  ["text for forbidLatestTag", { forbidLatestTag: "yes" }, [wrongType(LATEST, "string", "boolean")]],
  ["a number for requireLivenessProbe", { requireLivenessProbe: 1 }, [
    wrongType(LIVENESS, "integer", "boolean"),
  ]],
  ["a list for requireReadinessProbe", { requireReadinessProbe: [] }, [
    wrongType(READINESS, "array", "boolean"),
  ]],
  ["text for maxRestartCount", { maxRestartCount: "3" }, [wrongType(RESTARTS, "string", "integer")]],
  ["a fraction for maxRestartCount", { maxRestartCount: 1.5 }, [wrongType(RESTARTS, "number", "integer")]],
  ["a negative maxRestartCount", { maxRestartCount: -1 }, [atLeast(RESTARTS, -1)]],
  ["a maxRestartCount beyond int32", { maxRestartCount: MAX_INT32 + 1 }, [
    atMost(RESTARTS, MAX_INT32 + 1, MAX_INT32),
  ]],
  ["true for forbidPendingDuration", { forbidPendingDuration: true }, [
    wrongType(PENDING, "boolean", "integer"),
  ]],
  ["a negative forbidPendingDuration", { forbidPendingDuration: -300 }, [atLeast(PENDING, -300)]],
  ["a forbidPendingDuration that no number holds", { forbidPendingDuration: MAX_SAFE + 1 }, [
    atMost(PENDING, MAX_SAFE + 1, MAX_SAFE),
  ]],
  ["two wrong fields", { maxRestartCount: -1, requireLivenessProbe: "x" }, [
    atLeast(RESTARTS, -1),
    wrongType(LIVENESS, "string", "boolean"),
  ]],
];

const CONDITION = {
  type: "Ready",
  status: "True",
  reason: "Evaluated",
  message: "",
  lastTransitionTime: "2026-02-22T10:00:00Z",
};
const FINDING = { pod: "web", check: "pending", detail: "waiting" };

/** Statuses, and what is wrong with each; their messages leave `status.` out. */
const STATUSES: readonly (readonly [what: string, status: unknown, causes: readonly Cause[]])[] = [
  ["a score above 100", { healthScore: 101 }, [
    invalid("status.healthScore", 101, "healthScore in body should be less than or equal to 100"),
  ]],
  ["a class that there is not", { classification: "Great" }, [{
    reason: "FieldValueNotSupported",
    message: 'Unsupported value: "Great": supported values: "Healthy", "Stable", "Degraded", "Critical"',
    field: "status.classification",
  }]],
  ["a time that is none", { lastEvaluated: "yesterday" }, [
    wrongType("status.lastEvaluated", "yesterday", "date-time", "lastEvaluated"),
  ]],
  ["a number for the message", { message: 7 }, [wrongType("status.message", "integer", "string", "message")]],
  ["a finding that lacks fields", { findings: [{ pod: "web" }] }, [
    required("status.findings[0].check"),
    required("status.findings[0].detail"),
  ]],
  ["more than 20 findings", { findings: Array(21).fill(FINDING) }, [
    {
      reason: "FieldValueTooMany",
      message: "Too many: 21: must have at most 20 items",
      field: "status.findings",
    },
  ]],
  ["a condition without a reason", { conditions: [{ ...CONDITION, reason: "" }] }, [
    invalid(
      "status.conditions[0].reason",
      "",
      "conditions[0].reason in body should be at least 1 chars long",
    ),
  ]],
  ["a condition of a type that is too long", { conditions: [{ ...CONDITION, type: "T".repeat(317) }] }, [{
    reason: "FieldValueTooLong",
    message: "Too long: may not be more than 316 bytes",
    field: "status.conditions[0].type",
  }]],
  ["two conditions of one type", { conditions: [CONDITION, CONDITION] }, [{
    reason: "FieldValueDuplicate",
    message: 'Duplicate value: {"type":"Ready"}',
    field: "status.conditions[1]",
  }]],
];

export const VALIDATION: readonly Row[] = [
  ...SPECS.map(([what, spec, causes]): Row => ({
    name: `${what} is refused, field by field`,
    async run(server) {
      const team = await newTeam(server);
      const body = { ...policy("a"), spec };
      const answer = await team.post("devopspolicies", body, { code: 422 });
      const { causes: found, ...details } = answer["details"] as { causes: Cause[] };
      assert.deepEqual(details, { name: "a", group: "devops.stochastic.io", kind: "DevOpsPolicy" });
      assert.deepEqual(byField(found), byField(causes));
      const each = found.map(({ field, message }) => `${field}: ${message}`);
      assertRefusal(answer, {
        code: 422,
        reason: "Invalid",
        message: 'DevOpsPolicy.devops.stochastic.io "a" is invalid: ' +
          (each.length === 1 ? each[0] : `[${each.join(", ")}]`),
      });
      await team.get("devopspolicies/a", { code: 404 });
    },
  })),
  ...STATUSES.map(([what, status, causes]): Row => ({
    name: `${what} is refused in a status`,
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      const answer = await team.patch("devopspolicies/a/status", { status }, { code: 422 });
      assertRefusal(answer, { code: 422, reason: "Invalid" });
      assert.deepEqual(byField(uniqueCauses(answer) as Cause[]), byField(causes));
      assert.deepEqual(await team.get("devopspolicies/a"), created);
    },
  })),
];
