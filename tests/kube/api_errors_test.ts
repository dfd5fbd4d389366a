/** Refusals: what an `ApiError` takes from an answer, and what it makes of answers that no API server wrote. */

import assert from "node:assert/strict";
import { ApiError } from "../../lib/api/errors.ts";
import { fromStatus, parseRetryAfter, toApiError } from "../../lib/kube/api_errors.ts";

const response = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers });

const facts = ({ code, reason, message, causes, retryAfterMs }: ApiError) => ({
  code,
  reason,
  message,
  causes,
  retryAfterMs,
});

Deno.test("toApiError() takes code, reason, message and causes from a Status", () => {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code: 422,
    reason: "Invalid",
    message: 'DevOpsPolicy "a" is invalid',
    details: {
      causes: [{ reason: "FieldValueInvalid", message: "must be ≥ 0", field: "spec.x" }, { field: "y" }],
    },
  };
  assert.deepEqual(facts(toApiError(response(422), body)), {
    code: 422,
    reason: "Invalid",
    message: 'DevOpsPolicy "a" is invalid',
    causes: ["must be ≥ 0", ""],
    retryAfterMs: undefined,
  });
});

Deno.test("toApiError() reads the wait from the header, else from the details", () => {
  const body = { details: { retryAfterSeconds: 3 } };
  assert.equal(toApiError(response(429), body).retryAfterMs, 3_000);
  assert.equal(toApiError(response(429, { "retry-after": "1" }), body).retryAfterMs, 1_000);
  assert.equal(toApiError(response(429, { "retry-after": "0" }), body).retryAfterMs, 0);
  assert.equal(toApiError(response(429), {}).retryAfterMs, undefined);
});

for (const seconds of [0, -1, "2", null]) {
  Deno.test(`fromStatus() does not take a wait of ${JSON.stringify(seconds)} seconds in the details`, () =>
    assert.equal(fromStatus({ details: { retryAfterSeconds: seconds } }, 429).retryAfterMs, undefined));
}

for (
  const [what, body] of [
    ["text", "upstream connect error"],
    ["nothing", undefined],
    ["null", null],
    ["a list", [1]],
    ["a number", 3],
    ["an object of another shape", { code: "x", reason: 1, message: {}, details: { causes: "none" } }],
    ["details of null", { details: null }],
  ] as const
) {
  Deno.test(`toApiError() makes do with the status when the body is ${what}`, () => {
    const expected = {
      code: 502,
      reason: "",
      message: "HTTP status 502",
      causes: [],
      retryAfterMs: undefined,
    };
    assert.deepEqual(facts(toApiError(response(502), body)), expected);
  });
}

Deno.test("toApiError() keeps to the answer's status when a gateway's body counts in codes of its own", () =>
  assert.equal(toApiError(response(401), { code: 16, message: "unauthenticated" }).code, 401));

Deno.test("fromStatus() takes the code of an ERROR event, which has no status of its own", () => {
  assert.equal(fromStatus({ code: 410, reason: "Expired", message: "too old" }, 500).code, 410);
  const { code, message } = fromStatus({}, 500);
  assert.deepEqual({ code, message }, { code: 500, message: "HTTP status 500" });
});

Deno.test("toApiError() makes hostile text harmless, and bounds it", () => {
  const hostile = "\u001b[2J\nfake log line\r\u202e";
  const { message, causes } = toApiError(response(400), {
    message: hostile,
    details: { causes: [{ message: hostile }, { message: "x".repeat(5_000) }, null] },
  });
  const harmless = "\\u{1b}[2J\\u{a}fake log line\\u{d}\\u{202e}";
  assert.equal(message, harmless);
  assert.equal(causes[0], harmless);
  assert.equal(causes[1]?.length, 256);
  assert.equal(causes[2], "");
  assert.equal(toApiError(response(400), { message: "m".repeat(5_000) }).message.length, 1_024);
});

for (
  const [header, expected] of [
    ["1", 1_000],
    ["0", 0],
    ["30", 30_000],
    ["300", 300_000],
    ["301", 300_000],
    ["999999999", 300_000],
    ["9999999999", undefined],
    ["1.5", undefined],
    ["-1", undefined],
    ["", undefined],
    ["soon", undefined],
    ["1e3", undefined],
    ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
    [null, undefined],
  ] as const
) {
  Deno.test(`parseRetryAfter() makes ${expected} of ${JSON.stringify(header)}`, () =>
    assert.equal(parseRetryAfter(header), expected));
}

Deno.test("fromStatus() bounds the wait in the details as it does the header's", () =>
  assert.equal(fromStatus({ details: { retryAfterSeconds: 1e9 } }, 429).retryAfterMs, 300_000));
