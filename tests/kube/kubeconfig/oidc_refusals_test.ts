/** OIDC users whose id-token cannot be renewed: why, in one sentence, and never with a token in it. */

import assert from "node:assert/strict";
import { certificate } from "../../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { accessFrom, credentialsError } from "../harness.ts";
import { CA, idToken, issuer, renewable, withOidc } from "./oidc_users.ts";

const cannot = (why: RegExp) =>
  new RegExp(
    `^Cannot renew the id-token of context "dev" at 127\\.0\\.0\\.1:\\d+: ${why.source}$`,
  );

for (
  const [what, answer, discovered, words] of [
    [
      "refuses",
      () => Response.json({ error: "invalid_grant", error_description: "hunter2" }, { status: 400 }),
      {},
      cannot(/it answers 400 \(invalid_grant\)\. Log in again\./),
    ],
    [
      "refuses in words that may be anything",
      () => Response.json({ error: "hunter2 hunter2" }, { status: 401 }),
      {},
      cannot(/it answers 401\. Log in again\./),
    ],
    ["answers a page", () => new Response("<hunter2>"), {}, cannot(/its answer is no JSON\./)],
    ["answers null", () => Response.json(null), {}, cannot(/it answers 200\. Log in again\./)],
    [
      "answers without an id-token",
      () => ({ access_token: "hunter2" }),
      {},
      cannot(/it answers without an id_token: log in again with the scope openid\./),
    ],
    [
      "redirects",
      () => new Response(null, { status: 307, headers: { location: "https://127.0.0.1/hunter2" } }),
      {},
      cannot(/it answers with a redirect, which is never followed\./),
    ],
    [
      "names no endpoint",
      () => ({}),
      { token_endpoint: undefined },
      cannot(/it names no token_endpoint with an https address\./),
    ],
    [
      "names an endpoint without TLS",
      () => ({}),
      { token_endpoint: "http://127.0.0.1/hunter2" },
      cannot(/it names no token_endpoint with an https address\./),
    ],
  ] as [string, () => Response | object, Record<string, unknown>, RegExp][]
) {
  Deno.test(`oidcIdentity() tells in one sentence that the issuer ${what}`, async () => {
    using folder = new KubeconfigFolder();
    await using idp = issuer(answer, discovered);
    await assert.rejects(accessFrom(folder, renewable(idp.url)), (error: Error) => {
      credentialsError(words)(error);
      assert.doesNotMatch(Deno.inspect(error), /hunter2|refresh-1/);
      return true;
    });
  });
}

for (
  const [what, settings, words] of [
    [
      "an id-token that has expired, and nothing to renew it with",
      { "id-token": idToken(-10) },
      /^The id-token of context "dev" has expired or is missing, and to renew it the kubeconfig would have to hold refresh-token, /,
    ],
    [
      "an issuer without TLS",
      { "idp-issuer-url": "http://127.0.0.1", "client-id": "a", "refresh-token": "hunter2" },
      /^Cannot renew the id-token of context "dev" at 127\.0\.0\.1: idp-issuer-url has to be an https address\.$/,
    ],
    [
      "a CA of the issuer that is none",
      {
        ...CA,
        "idp-certificate-authority-data": btoa("hunter2"),
        "idp-issuer-url": "https://127.0.0.1",
        "client-id": "a",
        "refresh-token": "r",
      },
      /^The CA of the issuer of context "dev" holds no certificate/,
    ],
  ] as [string, Record<string, unknown>, RegExp][]
) {
  Deno.test(`oidcIdentity() refuses ${what}`, async () => {
    using folder = new KubeconfigFolder();
    await assert.rejects(accessFrom(folder, withOidc(settings)), (error: Error) => {
      credentialsError(words)(error);
      assert.doesNotMatch(Deno.inspect(error), /hunter2/);
      return true;
    });
  });
}

Deno.test("oidcIdentity() tells an issuer whose certificate another CA has signed", async () => {
  using folder = new KubeconfigFolder();
  await using idp = issuer(() => ({}));
  const other = { "idp-certificate-authority-data": btoa(certificate("stranger-ca").cert) };
  const words = cannot(/its certificate is signed by an unknown authority\./);
  await assert.rejects(accessFrom(folder, renewable(idp.url, other)), credentialsError(words));
  assert.deepEqual(idp.asked, []);
});

for (
  const [name, plugin] of [
    ["gcp", "the credential plugin gke-gcloud-auth-plugin"],
    ["azure", "the credential plugin kubelogin"],
    ["openstack", "a credential plugin"],
  ]
) {
  Deno.test(`oidcIdentity() refuses the auth-provider ${name}, as kubectl does`, async () => {
    using folder = new KubeconfigFolder();
    const user = { token: undefined, "auth-provider": { name, config: { "access-token": "hunter2" } } };
    const words =
      `The auth-provider "${name}" of context "dev" is not supported: use ${plugin} in its place.`;
    await assert.rejects(accessFrom(folder, oneContext({ user })), {
      name: "CredentialsError",
      message: words,
    });
  });
}
