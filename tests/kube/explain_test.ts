/** Explanations: one sentence, the value seen and the next step. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError, type ConnectionProblem, CredentialsError } from "../../lib/api/errors.ts";
import { explain } from "../../lib/kube/explain.ts";

const who = { server: "https://10.0.0.1:6443", origin: 'context "kind-dev"' };
const api = (code: number, message = "the message.") => new ApiError({ code, reason: "", message });
const connection = (problem: ConnectionProblem) =>
  new ConnectionError(problem, "Cannot reach the API server at https://10.0.0.1:6443: something.");

for (
  const [error, expected] of [
    [
      api(401, "Unauthorized"),
      'Cannot list pods: https://10.0.0.1:6443 rejects the credentials of context "kind-dev". ' +
      "Renew them, or choose others.",
    ],
    [
      api(
        403,
        'pods is forbidden: User "jane" cannot watch resource "pods" in API group "" at the cluster scope',
      ),
      "Not allowed to list pods: jane may not watch pods at the cluster scope. " +
      'Grant it the verb "watch" on "pods" in the API group "". (context "kind-dev")',
    ],
    [
      api(
        403,
        'policies.example.com "strict" is forbidden: User "system:serviceaccount:ops:robot" cannot patch resource ' +
          '"policies/status" in API group "example.com" in the namespace "team": RBAC: role "x" not found',
      ),
      "Not allowed to list pods: system:serviceaccount:ops:robot may not patch policies/status " +
      'in the namespace "team". ' +
      'Grant it the verb "patch" on "policies/status" in the API group "example.com". (context "kind-dev")',
    ],
    [
      api(403, 'pods "web" is forbidden: exceeded quota: pods.'),
      'Not allowed to list pods: pods "web" is forbidden: exceeded quota: pods. ' +
      'Ask who runs the cluster. (context "kind-dev")',
    ],
    [api(404), 'Cannot list pods: https://10.0.0.1:6443 answers 404: the message. (context "kind-dev")'],
    [
      api(500, "etcd is gone"),
      'Cannot list pods: https://10.0.0.1:6443 answers 500: etcd is gone. (context "kind-dev")',
    ],
    ...Object.entries({
      refused: "Is the cluster running?",
      timeout: "Is the cluster running, and the network between here and there up?",
      dns: "Is the server's name right?",
      tls: "Check certificate-authority and the server's address.",
      reset: "Is the API server restarting?",
      redirect: "Use the API server's own address.",
      other: "Check the server's address.",
    }).map(([problem, next]): [Error, string] => [
      connection(problem as ConnectionProblem),
      `Cannot reach the API server at https://10.0.0.1:6443: something. ${next} (context "kind-dev")`,
    ]),
    [new CredentialsError("The CA is empty. Fill it."), "The CA is empty. Fill it."],
    [new RangeError("a mistake"), "a mistake"],
    ["thrown text", "thrown text"],
    [undefined, "undefined"],
  ] as [unknown, string][]
) {
  Deno.test(`explain() says: ${expected}`, () => assert.equal(explain(error, who, "list pods"), expected));
}
