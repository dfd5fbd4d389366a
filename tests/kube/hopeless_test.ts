/** Which errors leave nothing to wait for. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError, type ConnectionProblem, CredentialsError } from "../../lib/api/errors.ts";
import { isHopeless } from "../../lib/kube/hopeless.ts";

const api = (code: number) => new ApiError({ code, reason: "", message: "the message." });
const connection = (problem: ConnectionProblem) => new ConnectionError(problem, "Cannot reach it.");

for (
  const [error, kubeconfig, serviceAccount] of [
    [api(401), true, false],
    [api(403), false, false],
    [api(404), false, false],
    [api(500), false, false],
    [connection("tls"), true, true],
    [connection("refused"), false, false],
    [connection("timeout"), false, false],
    [connection("dns"), false, false],
    [connection("reset"), false, false],
    [connection("redirect"), false, false],
    [connection("other"), false, false],
    [new ConnectionError("other", "Cannot.", { cause: new Deno.errors.NotCapable("no net") }), true, true],
    [new CredentialsError("gone"), true, true],
    [new TypeError("a mistake"), false, false],
    [Object.assign(new Error("only by name"), { name: "CredentialsError" }), false, false],
    ["thrown text", false, false],
    [undefined, false, false],
  ] as const
) {
  const what = error instanceof ApiError
    ? error.code
    : error instanceof ConnectionError
    ? error.problem
    : error;
  Deno.test(`isHopeless() says ${kubeconfig} of "${what}" with credentials of one's own, else ${serviceAccount}`, () => {
    assert.equal(isHopeless(error, { renews: false }), kubeconfig);
    assert.equal(isHopeless(error, { renews: true }), serviceAccount);
  });
}
