/** Network errors: what is made of the words of the runtime, which the tests of the transport take from life. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { fromFetch, toConnectionError } from "../../lib/kube/network_errors.ts";

const SERVER = "https://tls.certificates.example:6443";
const sending = `error sending request for url (${SERVER}/apis/redirect/dns%20error/reset?timeout=deadline)`;

for (
  const [told, problem, words] of [
    [
      `${sending}: client error (Connect): tcp connect error: Connection refused (os error 111)`,
      "refused",
      "connection refused",
    ],
    [
      `error sending request from 10.0.0.2:1 for ${SERVER}/tls (10.0.0.1:6443): client error (SendRequest): ` +
      "connection closed before message completed",
      "reset",
      "the connection broke",
    ],
    [
      `${sending}: client error (Connect): dns error: failed to lookup address information`,
      "dns",
      "its name cannot be resolved",
    ],
    [
      `${sending}: client error (Connect): Connection reset by peer (os error 104)`,
      "reset",
      "the connection broke",
    ],
    [`${sending}: client error (Connect): tls handshake eof`, "reset", "the connection broke"],
    [
      "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/rustls/",
      "reset",
      "the connection broke",
    ],
    ["error reading a body from connection", "reset", "the connection broke"],
    ["Broken pipe (os error 32)", "reset", "the connection broke"],
    [
      `${sending}: client error (Connect): invalid peer certificate: UnknownIssuer`,
      "tls",
      "its certificate is signed by an unknown authority",
    ],
    [
      "invalid peer certificate: CaUsedAsEndEntity",
      "tls",
      "its certificate is signed by an unknown authority",
    ],
    [
      "invalid peer certificate: certificate expired: verification time 2 (UNIX), but certificate is not valid after 1",
      "tls",
      "its certificate has expired or is not valid yet",
    ],
    [
      "invalid peer certificate: certificate not valid yet: verification time 1 (UNIX), but not valid before 2",
      "tls",
      "its certificate has expired or is not valid yet",
    ],
    [
      'invalid peer certificate: certificate not valid for name "10.0.0.1"; certificate is only valid for DnsName("a")',
      "tls",
      "its certificate is for another name",
    ],
    [
      "invalid peer certificate: BadSignature",
      "tls",
      "its certificate is signed by an unknown authority",
    ],
    ["received corrupt message of type InvalidContentType", "tls", "the TLS handshake failed"],
    ["received fatal alert: HandshakeFailure", "tls", "the TLS handshake failed"],
    ["received fatal alert: CertificateRequired", "tls", "the TLS handshake failed"],
    [
      "Encountered redirect while redirect mode is set to 'error'",
      "redirect",
      "it answers with a redirect, which is never followed",
    ],
    ["tcp connect error: Connection timed out (os error 110)", "timeout", "it does not answer in time"],
    [`${sending}: client error (SendRequest): invalid HTTP version parsed`, "other", undefined],
  ] as const
) {
  Deno.test(`toConnectionError() takes "${told.slice(-60)}" for ${problem}`, () => {
    const cause = new TypeError("fetch failed", { cause: new Error(told) });
    for (const error of [cause, new TypeError(told)]) {
      const found = toConnectionError(error, SERVER);
      assert(found instanceof ConnectionError);
      assert.equal(found.problem, problem);
      if (words !== undefined) {
        assert.equal(found.message, `Cannot reach the API server at ${SERVER}: ${words}.`);
      }
      assert.equal(found.cause, error);
    }
  });
}

Deno.test("toConnectionError() tells what it does not know in the runtime's words, on one line", () => {
  const { message } = toConnectionError(
    new TypeError("odd", { cause: new Error("new thing\n  at line 2") }),
    "s",
  );
  assert.equal(message, "Cannot reach the API server at s: odd: new thing.");
});

for (
  const told of [
    'Invalid header value: "Bearer CANARY\nx"',
    "CANARY is not a legal HTTP header value, connection reset",
    "authorization: bearer CANARY timed out",
  ]
) {
  Deno.test(`toConnectionError() repeats nothing of ${JSON.stringify(told)}, and keeps no cause that would`, () => {
    const found = toConnectionError(new TypeError("fetch failed", { cause: new TypeError(told) }), "s");
    assert.equal(found.message, "Cannot reach the API server at s: a header is not valid.");
    assert(!Deno.inspect(found).includes("CANARY"));
  });
}

Deno.test("toConnectionError() escapes and cuts what it does not know", () => {
  const { message } = toConnectionError(new TypeError(`\x1b[2J${"x".repeat(9_999)}`), "s");
  assert.match(message, /^Cannot reach the API server at s: \\u\{1b\}\[2Jx+….$/);
  assert(message.length < 300);
});

Deno.test("toConnectionError() leaves a connection error as it is", () => {
  const error = new ConnectionError("timeout", "late");
  assert.equal(toConnectionError(error, SERVER), error);
});

Deno.test("toConnectionError() makes do with what is no error", () =>
  assert.match(toConnectionError("text", SERVER).message, /: text\.$/));

Deno.test("fromFetch() translates the runtime's errors and no others", () => {
  const translated = fromFetch(new TypeError("error reading a body from connection"), SERVER);
  assert(translated instanceof ConnectionError && translated.problem === "reset");
  const refusal = new ApiError({ code: 404, reason: "", message: "" });
  for (const other of [refusal, new RangeError("x"), "closed", undefined]) {
    assert.equal(fromFetch(other, SERVER), other);
  }
});
