/** What was found out about a cluster, and the answer to one of the questions. */

import assert from "node:assert/strict";
import { ApiError } from "../../../lib/api/errors.ts";
import type { ServedCrd } from "../../../lib/kube/served_crd.ts";
import type { Facts } from "../../../lib/operator/check/facts.ts";
import { judge } from "../../../lib/operator/check/judge.ts";
import { PERMISSIONS } from "../../../lib/operator/permissions.ts";
import { policyCrd } from "../../../lib/policy/crd.ts";

/** A refusal to say anything. */
export const refusal = new ApiError({ code: 403, reason: "Forbidden", message: "you may not ask" });

/** The definition as a server shows it that has ours. */
export function served(): ServedCrd {
  const { scope, names, versions } = policyCrd().spec;
  const [{ name, subresources, schema, additionalPrinterColumns }] = versions as [typeof versions[number]];
  const columns = additionalPrinterColumns.map((column) => ({ priority: 0, ...column }));
  return {
    spec: { scope, names, versions: [{ name, subresources, schema, additionalPrinterColumns: columns }] },
  };
}

/** All is well, but for `changes`. */
export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    server: "https://10.0.0.1:6443",
    origin: 'context "test"',
    version: "v1.34.4",
    clock: { aheadMs: 100, toleranceMs: 600 },
    user: "jane",
    crd: { told: served() },
    rights: PERMISSIONS.map((permission) => ({
      permission,
      namespace: undefined,
      allowed: { told: true },
    })),
    watchLists: [
      { resource: "pods", tried: { result: "supported" } },
      { resource: "devopspolicies", tried: { result: "supported" } },
    ],
    ...changes,
  };
}

/** The one answer with an id that begins like this. */
export function answerTo(id: string, changes: Partial<Facts>) {
  const answers = judge(facts(changes)).filter((answer) => answer.id.startsWith(id));
  assert.equal(answers.length, 1);
  const { answer, found, next } = answers[0]!;
  return { answer, found, next };
}
