/** HTTP clients that cannot be made: why, in words that say what to look at. */

import assert from "node:assert/strict";
import { createClient } from "../../lib/kube/http_client.ts";
import { certificate, certificateOfVersion1 } from "../support/certificates/mod.ts";
import { credentialsError } from "./harness.ts";

const ec = certificate("client-ec");

for (
  const [what, client, reason] of [
    [
      "a key of another certificate",
      { ...ec, key: certificate("client-rsa").key },
      "the client key is of another certificate",
    ],
    ["a key that is none", { ...ec, key: "hunter2" }, "the client key is none that can be read"],
    [
      "a certificate of version 1",
      { cert: certificateOfVersion1(), key: ec.key },
      "the client certificate is of X.509 version 1, not 3",
    ],
    [
      "a certificate that is none",
      { ...ec, cert: "hunter2" },
      "there is no certificate where one should be",
    ],
  ] as const
) {
  Deno.test(`createClient() refuses ${what}, and names what to check`, () => {
    const words = `The certificates of context "dev" cannot be used: ${reason}. ` +
      "Check certificate-authority, client-certificate and client-key.";
    assert.throws(() => createClient({ tls: { ca: undefined, client } }, 'context "dev"'), (error: Error) => {
      assert.equal(error.message, words);
      assert.doesNotMatch(Deno.inspect(error), /hunter2/);
      return true;
    });
  });
}

Deno.test("createClient() refuses a CA that holds no certificate", () => {
  const words = /^The CA of context "dev" holds no certificate: check certificate-authority\.$/;
  const tls = { ca: "hunter2", client: undefined };
  assert.throws(() => createClient({ tls }, 'context "dev"'), credentialsError(words));
});
