/** Which changes of an access ask for new TLS connections. */

import assert from "node:assert/strict";
import { type Access, sameTls } from "../../lib/kube/credentials.ts";

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
  ] as const
) {
  Deno.test(`sameTls() says ${same} when what differs is ${what}`, () => {
    assert.equal(sameTls(a, b), same);
    assert.equal(sameTls(b, a), same);
  });
}
