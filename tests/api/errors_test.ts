/** The errors that cross rooms: what each kind is called on metrics, and what each predicate makes of it. */

import assert from "node:assert/strict";
import {
  ApiError,
  ConnectionError,
  type ConnectionProblem,
  CredentialsError,
  errorKind,
  isConflict,
  isGone,
  isNotFound,
  isRefusal,
  isTransient,
  isUnserved,
  LeaseLostError,
} from "../../lib/api/errors.ts";

const api = (code: number, reason = "") => new ApiError({ code, reason, message: "refused \u001b[2J" });
const connection = (problem: ConnectionProblem) => new ConnectionError(problem, "no answer from 10.0.0.1");

Deno.test("ApiError carries what the server said and how long it asks us to wait", () => {
  const error = new ApiError({
    code: 429,
    reason: "TooManyRequests",
    message: "slow down",
    retryAfterMs: 1000,
  });
  const { name, code, reason, message, retryAfterMs } = error;
  assert.deepEqual({ name, code, reason, message, retryAfterMs }, {
    name: "ApiError",
    code: 429,
    reason: "TooManyRequests",
    message: "slow down",
    retryAfterMs: 1000,
  });
  assert.deepEqual([api(500).retryAfterMs, api(500).causes], [undefined, []]);
});

Deno.test("ConnectionError keeps its problem and its cause", () => {
  const cause = new TypeError("os error 111");
  const error = new ConnectionError("refused", "no answer", { cause });
  assert.deepEqual([error.name, error.problem, error.message, error.cause], [
    "ConnectionError",
    "refused",
    "no answer",
    cause,
  ]);
});

interface Row {
  readonly error: unknown;
  readonly kind: string;
  readonly is?: readonly ("notFound" | "conflict" | "gone" | "transient" | "refusal" | "unserved")[];
}

const ROWS: Record<string, Row> = {
  "400 bad request": { error: api(400), kind: "http_400", is: ["unserved"] },
  "401 unauthorized": { error: api(401), kind: "http_401", is: ["refusal"] },
  "403 forbidden": { error: api(403), kind: "http_403", is: ["refusal"] },
  "404 not found": { error: api(404), kind: "http_404", is: ["notFound", "refusal"] },
  "409 conflict": { error: api(409), kind: "http_409", is: ["conflict"] },
  "410 gone": { error: api(410), kind: "http_410", is: ["gone"] },
  "an ERROR event that says Expired": { error: api(200, "Expired"), kind: "http_200", is: ["gone"] },
  "an ERROR event that says Gone": { error: api(200, "Gone"), kind: "http_200", is: ["gone"] },
  "422 failed test of a JSON patch": { error: api(422), kind: "http_422", is: ["conflict", "unserved"] },
  "422 that names the field that is wrong": {
    error: new ApiError({ code: 422, reason: "Invalid", message: "no", causes: ["spec.x: Required value"] }),
    kind: "http_422",
    is: ["unserved"],
  },
  "409 that names a cause": {
    error: new ApiError({ code: 409, reason: "Conflict", message: "no", causes: ["metadata.uid"] }),
    kind: "http_409",
    is: ["conflict"],
  },
  "429 too many requests": { error: api(429), kind: "http_429", is: ["transient"] },
  "499": { error: api(499), kind: "http_499" },
  "500": { error: api(500), kind: "server_error", is: ["transient"] },
  "501 not implemented": { error: api(501), kind: "server_error" },
  "502": { error: api(502), kind: "server_error", is: ["transient"] },
  "503": { error: api(503), kind: "server_error", is: ["transient"] },
  "504": { error: api(504), kind: "server_error", is: ["transient"] },
  "connection refused": { error: connection("refused"), kind: "connection_refused", is: ["transient"] },
  "a timeout": { error: connection("timeout"), kind: "connection_timeout", is: ["transient"] },
  "a name that does not resolve": { error: connection("dns"), kind: "connection_dns", is: ["transient"] },
  "a reset": { error: connection("reset"), kind: "connection_reset", is: ["transient"] },
  "any other network error": { error: connection("other"), kind: "connection_other", is: ["transient"] },
  "a certificate nobody trusts": { error: connection("tls"), kind: "connection_tls" },
  "a redirect": { error: connection("redirect"), kind: "connection_redirect" },
  "unusable credentials": { error: new CredentialsError("no token"), kind: "credentials" },
  "a lost lease": { error: new LeaseLostError("held by another"), kind: "lease_lost" },
  "a bug": { error: new TypeError("x is undefined"), kind: "internal" },
  "a look-alike that is no ApiError": { error: { code: 404, reason: "Gone" }, kind: "internal" },
  "nothing": { error: undefined, kind: "internal" },
};

for (const [what, { error, kind, is = [] }] of Object.entries(ROWS)) {
  Deno.test(`${what} is called ${kind} and is ${is.join(", ") || "nothing to act on"}`, () => {
    assert.equal(errorKind(error), kind);
    const answers = {
      notFound: isNotFound(error),
      conflict: isConflict(error),
      gone: isGone(error),
      transient: isTransient(error),
      refusal: isRefusal(error),
      unserved: isUnserved(error),
    };
    assert.deepEqual(Object.entries(answers).flatMap(([name, yes]) => yes ? [name] : []), [...is]);
  });
}

for (
  const [code, message, transient] of [
    [500, "etcdserver: request is too large", false],
    [500, "rpc error: code = ResourceExhausted desc = request is too large", false],
    [413, "Request entity too large: limit is 3145728", false],
    [500, "etcdserver: request timed out", true],
  ] as const
) {
  Deno.test(`isTransient() says ${transient} of a ${code} with "${message}"`, () => {
    assert.equal(isTransient(new ApiError({ code, reason: "", message })), transient);
  });
}
