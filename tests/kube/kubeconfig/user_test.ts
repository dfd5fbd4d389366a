/** Which of a user's settings says who we are. */

import assert from "node:assert/strict";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { accessFrom, credentialsError, credentialsFrom } from "../harness.ts";

/** Settings beside which others do not count: asking them fails. */
const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "/no/such/plugin" };
const provider = { name: "oidc", config: { "id-token": "from-oidc" } };

for (
  const [what, user, authorization] of [
    ["nothing", { token: undefined }, undefined],
    ["a token", { token: "t" }, "Bearer t"],
    ["a token before a plugin", { token: "t", exec }, "Bearer t"],
    [
      "a token file before a token, as kubectl does",
      { tokenFile: "token-file", token: "t" },
      "Bearer from-file",
    ],
    ["a token where its file is not there", { tokenFile: "none", token: "t" }, "Bearer t"],
    [
      "a name and password",
      { token: undefined, username: "jane", password: "p:ä" },
      `Basic ${
        Uint8Array.from([..."jane:p:", 0xc3, 0xa4].map((c) => typeof c === "string" ? c.charCodeAt(0) : c))
          .toBase64()
      }`,
    ],
    ["a name without a password", { token: undefined, username: "jane" }, `Basic ${btoa("jane:")}`],
    ["a token before a name and password", { token: "t", username: "jane", password: "p" }, "Bearer t"],
    ["an OIDC provider", { token: undefined, "auth-provider": provider }, "Bearer from-oidc"],
  ] as const
) {
  Deno.test(`identityOf() takes ${what}`, async () => {
    using folder = new KubeconfigFolder();
    folder.write("token-file", "from-file\n");
    const { headers } = await accessFrom(folder, oneContext({ user }));
    assert.equal(headers.authorization, authorization);
  });
}

Deno.test("identityOf() reads a token file again when it changes", async () => {
  using folder = new KubeconfigFolder();
  folder.write("token", "first");
  const credentials = await credentialsFrom(
    folder,
    oneContext({ user: { token: undefined, tokenFile: "token" } }),
  );
  assert.equal((await credentials.access()).headers.authorization, "Bearer first");
  folder.write("token", "second one");
  assert.equal((await credentials.access()).headers.authorization, "Bearer second one");
});

for (
  const [what, user, words] of [
    [
      "a token with a line break",
      { token: "hunter2\nhunter2" },
      /^The token of context "dev" cannot be sent: .* without\.$/,
    ],
    [
      "an empty token file",
      { tokenFile: "empty" },
      /^The token of context "dev" cannot be sent: it is empty, or/,
    ],
    [
      "a token file that is not there",
      { token: undefined, tokenFile: "none" },
      /^Cannot read the tokenFile of context "dev" at \/\S+\/none: there is no such file\. Check the path in the/,
    ],
    [
      "a name to act under that cannot be sent",
      { as: "hunter2\0" },
      /^The impersonate-user header of context "dev" cannot be sent: /,
    ],
  ] as [string, Record<string, unknown>, RegExp][]
) {
  Deno.test(`identityOf() refuses ${what} in one sentence`, async () => {
    using folder = new KubeconfigFolder();
    folder.write("empty", "\n");
    await assert.rejects(accessFrom(folder, oneContext({ user })), (error: Error) => {
      credentialsError(words)(error);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });
}
