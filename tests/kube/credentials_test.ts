/** Which changes of an access ask for new connections, and which headers are never sent. */

import assert from "node:assert/strict";
import { type Access, sameConnections, sendable } from "../../lib/kube/credentials.ts";
import { credentialsError } from "./harness.ts";

const access = (tls: Partial<Access["tls"]>, headers: Access["headers"] = {}): Access => ({
  headers,
  tls: { ca: undefined, client: undefined, ...tls },
});
const client = { cert: "cert", key: "key" };

for (
  const [what, a, b, same] of [
    ["nothing", access({}), access({}), true],
    ["equal texts", access({ ca: "ca", client }), access({ ca: "ca", client: { ...client } }), true],
    [
      "the token only",
      access({ ca: "ca", client }, { authorization: "a" }),
      access({ ca: "ca", client }),
      true,
    ],
    ["the CA", access({ ca: "ca", client }), access({ ca: "other", client }), false],
    ["a CA to none", access({ ca: "ca" }), access({}), false],
    ["the certificate only", access({ client }), access({ client: { ...client, cert: "renewed" } }), false],
    ["the key only", access({ client }), access({ client: { ...client, key: "other" } }), false],
    ["a client certificate to none", access({ client }), access({}), false],
    ["the proxy", { ...access({}), proxy: "http://a" }, { ...access({}), proxy: "http://b" }, false],
    ["a proxy to none", { ...access({}), proxy: "http://a" }, access({}), false],
  ] as const
) {
  Deno.test(`sameConnections() says ${same} when what differs is ${what}`, () => {
    assert.equal(sameConnections(a, b), same);
    assert.equal(sameConnections(b, a), same);
  });
}

Deno.test("sendable() lets printable ASCII pass, as it is", () => {
  const headers = { authorization: "Bearer a.b-c_~+/=", "impersonate-user": "system:serviceaccount:a:b c" };
  assert.equal(sendable(headers, "x"), headers);
});

for (
  const [what, bad] of [["a line break", "\n"], ["NUL", "\0"], ["DEL", "\x7f"], ["a letter", "é"]] as const
) {
  Deno.test(`sendable() refuses a header with ${what}, and does not repeat it`, () => {
    assert.throws(
      () => sendable({ authorization: `Bearer CANARY${bad}x` }, 'context "dev"'),
      (error: Error) => {
        credentialsError(/^The token of context "dev" cannot be sent: /)(error);
        assert.doesNotMatch(error.message, /CANARY|Bearer/);
        return true;
      },
    );
    const other = { "impersonate-user": `jane${bad}` };
    assert.throws(() => sendable(other, "x"), credentialsError(/^The impersonate-user header of x cannot/));
  });
}

Deno.test("sendable() refuses an empty header", () => {
  assert.throws(() => sendable({ authorization: "" }, "x"), credentialsError(/it is empty, or/));
});
