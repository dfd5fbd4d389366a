/** Settings of a cluster that do not work here: each is refused in one sentence that says what to do instead. */

import assert from "node:assert/strict";
import { Entry } from "../../../lib/kube/kubeconfig/file.ts";
import { clusterSettings } from "../../../lib/kube/kubeconfig/settings.ts";
import { credentialsError } from "../harness.ts";

const SERVER = { server: "https://10.0.0.1:6443" };

const settingsOf = (settings: Record<string, unknown>) =>
  clusterSettings(new Entry('cluster "dev"', settings, "/home/.kube"), "dev");

for (
  const [what, settings, words] of [
    [
      "a server address without a scheme",
      { server: "10.0.0.1:6443" },
      /uses the server address "10\.0\.0\.1:6443", which is not supported: write it as https:\/\/host:port\.$/,
    ],
    ["a server address of another kind", { server: "ftp://a" }, /"ftp:\/\/a", which is not/],
    ["no server address", {}, /uses the server address "", which is not supported: write it as https:/],
    [
      "a server address with a password, without repeating it",
      { server: "https://user:hunter2@a" },
      /^Context "dev" uses a user name in the server's address, which is not supported: put a token/,
    ],
    [
      "insecure-skip-tls-verify",
      { ...SERVER, "insecure-skip-tls-verify": true },
      /^Context "dev" uses insecure-skip-tls-verify, which is not supported: put the cluster's CA into/,
    ],
    [
      "tls-server-name",
      { ...SERVER, "tls-server-name": "kubernetes" },
      /uses tls-server-name, which is not supported: use a server address that the certificate names\.$/,
    ],
    [
      "a proxy of another kind, without repeating its password",
      { ...SERVER, "proxy-url": "ftp://user:hunter2@p" },
      /^Context "dev" uses a proxy-url that is no address of .* proxy, which .*: write it as http:\/\/host:port\.$/,
    ],
    [
      "a proxy-url that is no address",
      { ...SERVER, "proxy-url": "hunter2" },
      /^Context "dev" uses a proxy-url that is no address/,
    ],
  ] as [string, Record<string, unknown>, RegExp][]
) {
  Deno.test(`clusterSettings() refuses ${what} in one sentence`, () => {
    assert.throws(() => settingsOf(settings), (error: Error) => {
      credentialsError(words)(error);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });
}

for (
  const [what, settings, expected] of [
    ["slashes at the end away", { server: "https://a:6443//" }, {
      server: "https://a:6443",
      proxy: undefined,
    }],
    ["a path as it is", { server: "https://a/k8s/c-1" }, { server: "https://a/k8s/c-1", proxy: undefined }],
    ["switches that are off for not there", {
      ...SERVER,
      "insecure-skip-tls-verify": false,
      "tls-server-name": "",
    }, { ...SERVER, proxy: undefined }],
    ["a proxy", { ...SERVER, "proxy-url": "socks5://u:p@b:1080" }, {
      ...SERVER,
      proxy: "socks5://u:p@b:1080",
    }],
  ] as const
) {
  Deno.test(`clusterSettings() takes ${what}`, () => assert.deepEqual(settingsOf(settings), expected));
}
