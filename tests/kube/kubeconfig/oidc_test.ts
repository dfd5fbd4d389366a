/** OIDC users: their id-token while it is good, and a real exchange with an issuer once it is not. */

import assert from "node:assert/strict";
import { certificate } from "../../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { accessFrom, credentialsError, credentialsFrom } from "../harness.ts";

const CA = { "idp-certificate-authority-data": btoa(certificate("ca").cert) };

/** An id-token that expires after so many seconds. */
function idToken(seconds: number, subject = "jane"): string {
  const part = (value: object) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  return `${part({ alg: "none" })}.${part({ sub: subject, exp: Math.floor(Date.now() / 1000) + seconds })}.x`;
}

/** What an issuer was asked for its tokens. */
interface Asked {
  readonly authorization: string | null;
  readonly form: Readonly<Record<string, string>>;
}

/** An issuer on loopback; `answer` gives its answer to the first request for tokens, the second, … */
function issuer(answer: (asked: number) => Response | object, discovered: Record<string, unknown> = {}) {
  const asked: Asked[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...certificate("server"), onListen() {} },
    async (request): Promise<Response> => {
      const { pathname } = new URL(request.url);
      if (pathname === "/realm/.well-known/openid-configuration") {
        return Response.json({ issuer: url, token_endpoint: `${url}/token`, ...discovered });
      }
      if (pathname !== "/realm/token") return new Response(null, { status: 404 });
      const form = Object.fromEntries(new URLSearchParams(await request.text()));
      asked.push({ authorization: request.headers.get("authorization"), form });
      const given = answer(asked.length);
      return given instanceof Response ? given : Response.json(given);
    },
  );
  const url = `https://127.0.0.1:${server.addr.port}/realm`;
  return { url, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

const withOidc = (config: Record<string, unknown>) =>
  oneContext({ user: { token: undefined, "auth-provider": { name: "oidc", config } } });

/** All that it takes to renew. */
const renewable = (url: string, more: Record<string, unknown> = {}) =>
  withOidc({
    ...CA,
    "idp-issuer-url": url,
    "client-id": "kubernetes",
    "refresh-token": "refresh-1",
    "id-token": idToken(-10),
    ...more,
  });

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
