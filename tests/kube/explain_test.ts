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
      api(403, 'pods is forbidden: User "jane" cannot list resource "pods".'),
      'Not allowed to list pods: pods is forbidden: User "jane" cannot list resource "pods". ' +
      'Grant it to the identity of context "kind-dev".',
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
