/** OIDC users: their id-token while it is good, and a real exchange with an issuer once it is not. */

import assert from "node:assert/strict";
import { certificate } from "../../support/certificates/mod.ts";
import { KubeconfigFolder } from "../../support/kubeconfig_files.ts";
import { accessFrom, credentialsFrom } from "../harness.ts";
import { idToken, issuer, renewable, withOidc } from "./oidc_users.ts";

Deno.test("oidcIdentity() takes the id-token while it is good, and asks nobody", async () => {
  using folder = new KubeconfigFolder();
  const token = idToken(3_600);
  const credentials = await credentialsFrom(
    folder,
    withOidc({ "id-token": token, "idp-issuer-url": "https://none" }),
  );
  assert.equal((await credentials.access()).headers.authorization, `Bearer ${token}`);
});

for (const [what, token] of [["no JWT", "opaque"], ["one without an expiry", "e30.e30.x"]] as const) {
  Deno.test(`oidcIdentity() takes an id-token that is ${what} as it is`, async () => {
    using folder = new KubeconfigFolder();
    const { headers } = await accessFrom(folder, withOidc({ "id-token": token }));
    assert.equal(headers.authorization, `Bearer ${token}`);
  });
}

for (const [what, more] of [["has expired", {}], ["is not there", { "id-token": undefined }]] as const) {
  Deno.test(`oidcIdentity() gets a new id-token when the one in the kubeconfig ${what}, and keeps it`, async () => {
    using folder = new KubeconfigFolder();
    const renewed = idToken(3_600);
    await using idp = issuer(() => ({ id_token: renewed }));
    const credentials = await credentialsFrom(folder, renewable(`${idp.url}/`, more));
    assert.equal(credentials.trustsSystem, true, "the cluster has no CA");
    const all = await Promise.all([1, 2, 3].map(() => credentials.access()));
    for (const { headers } of [...all, await credentials.access()]) {
      assert.equal(headers.authorization, `Bearer ${renewed}`);
    }
    const form = { grant_type: "refresh_token", refresh_token: "refresh-1", client_id: "kubernetes" };
    assert.deepEqual(idp.asked, [{ authorization: null, form }]);
  });
}

Deno.test("oidcIdentity() uses the new refresh-token the next time", async () => {
  using folder = new KubeconfigFolder();
  await using idp = issuer((asked) => ({
    id_token: idToken(-1, `${asked}`),
    refresh_token: `refresh-${asked + 1}`,
  }));
  const credentials = await credentialsFrom(folder, renewable(idp.url));
  await credentials.access();
  await credentials.access();
  assert.deepEqual(idp.asked.map(({ form }) => form.refresh_token), ["refresh-1", "refresh-2"]);
});

for (
  const [how, discovered, authorization, secret] of [
    ["in a header, by default", {}, `Basic ${btoa("kubernetes:s%2F3cret")}`, undefined],
    [
      "in a header, if the issuer takes both",
      { token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"] },
      `Basic ${btoa("kubernetes:s%2F3cret")}`,
      undefined,
    ],
    [
      "in the form, if the issuer wants that",
      { token_endpoint_auth_methods_supported: ["client_secret_post"] },
      null,
      "s/3cret",
    ],
  ] as const
) {
  Deno.test(`oidcIdentity() sends the client's secret ${how}`, async () => {
    using folder = new KubeconfigFolder();
    await using idp = issuer(() => ({ id_token: idToken(60) }), discovered);
    await accessFrom(folder, renewable(idp.url, { "client-secret": "s/3cret" }));
    assert.equal(idp.asked[0]?.authorization, authorization);
    assert.equal(idp.asked[0]?.form.client_secret, secret);
  });
}

Deno.test("oidcIdentity() does not ask for a new id-token because a good one is rejected", async () => {
  using folder = new KubeconfigFolder();
  await using idp = issuer(() => ({ id_token: idToken(60) }));
  const credentials = await credentialsFrom(folder, renewable(idp.url));
  credentials.rejected(await credentials.access());
  await credentials.access();
  assert.equal(idp.asked.length, 1);
});

Deno.test("oidcIdentity() trusts the issuer's CA alone, where both have one", async () => {
  using folder = new KubeconfigFolder();
  const { users, ...rest } = renewable("https://a");
  const cluster = { server: "https://b", "certificate-authority-data": btoa(certificate("ca").cert) };
  const content = { ...rest, users, clusters: [{ name: "dev", cluster }] };
  assert.equal((await credentialsFrom(folder, content)).trustsSystem, false);
  const config = { "id-token": "x" };
  const without = { ...withOidc(config), clusters: content.clusters };
  assert.equal((await credentialsFrom(folder, without)).trustsSystem, true);
});
