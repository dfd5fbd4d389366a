/** Settings of a kubeconfig that do not work here: each is refused in one sentence that says what to do instead. */

import assert from "node:assert/strict";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { credentialsError } from "./harness.ts";

for (
  const [what, content, words] of [
    [
      "a server address without a scheme",
      oneContext({ cluster: { server: "10.0.0.1:6443" } }),
      /uses the server address "10\.0\.0\.1:6443", which is not supported: write it as https:\/\/host:port\.$/,
    ],
    [
      "a server address of another kind",
      oneContext({ cluster: { server: "ftp://a" } }),
      /"ftp:\/\/a", which is not/,
    ],
    [
      "insecure-skip-tls-verify",
      oneContext({ cluster: { "insecure-skip-tls-verify": true } }),
      /^Context "dev" uses insecure-skip-tls-verify, which is not supported: put the cluster's CA into/,
    ],
    [
      "tls-server-name",
      oneContext({ cluster: { "tls-server-name": "kubernetes" } }),
      /uses tls-server-name, which is not supported: use a server address that the certificate names\.$/,
    ],
    [
      "a proxy of another kind, without repeating its password",
      oneContext({ cluster: { "proxy-url": "ftp://user:hunter2@p" } }),
      /^Context "dev" uses a proxy-url that is no address of .* proxy, which .*: write it as http:\/\/host:port\.$/,
    ],
    [
      "a proxy-url that is no address",
      oneContext({ cluster: { "proxy-url": "hunter2" } }),
      /^Context "dev" uses a proxy-url that is no address/,
    ],
    [
      "a server address with a password, without repeating it",
      oneContext({ cluster: { server: "https://user:hunter2@a" } }),
      /^Context "dev" uses a user name in the server's address, which is not supported: put a token/,
    ],
    [
      "a token that cannot be sent, without repeating it",
      oneContext({ user: { token: "hunter2\nhunter2" } }),
      /^The token of context "dev" cannot be sent: .* Write it again without\.$/,
    ],
    [
      "a name to act under that cannot be sent",
      oneContext({ user: { as: "hunter2\0" } }),
      /^The impersonate-user header of context "dev" cannot be sent: /,
    ],
    [
      "a username",
      oneContext({ user: { username: "a", password: "hunter2" } }),
      /uses a username and password, which/,
    ],
    [
      "tokenFile",
      oneContext({ user: { tokenFile: "/t" } }),
      /uses tokenFile, which is not supported: put the token into/,
    ],
    [
      "as-groups",
      oneContext({ user: { as: "a", "as-groups": ["b"] } }),
      /uses as-groups, which is not supported/,
    ],
    ["as-uid", oneContext({ user: { as: "a", "as-uid": "b" } }), /uses as-uid, which is not supported/],
    [
      "as-user-extra",
      oneContext({ user: { as: "a", "as-user-extra": { b: ["c"] } } }),
      /uses as-user-extra, which/,
    ],
  ] as [string, object, RegExp][]
) {
  Deno.test(`kubeconfigCredentials() refuses ${what} in one sentence`, async () => {
    using folder = new KubeconfigFolder();
    const paths = [folder.write("config", content)];
    await assert.rejects(kubeconfigCredentials({ paths, context: undefined }), (error: unknown) => {
      credentialsError(words)(error);
      assert.doesNotMatch((error as Error).message, /hunter2|dev-token/);
      return true;
    });
  });
}
