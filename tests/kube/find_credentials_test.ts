/** Where credentials come from: the flags, KUBECONFIG, the pod's own account, the home folder, in this order. */

import assert from "node:assert/strict";
import {
  CREDENTIAL_VARIABLES,
  type CredentialFlags,
  type Environment,
  findCredentials,
} from "../../lib/kube/find_credentials.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { credentialsError } from "./harness.ts";

const POD = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };
const SERVICE_ACCOUNT = "the pod's service account";

/** A folder with a kubeconfig `a`, one `b`, and one in the home folder; each has one context of its name. */
function prepared(): KubeconfigFolder {
  const folder = new KubeconfigFolder();
  for (const name of ["a", "b"]) folder.write(name, oneContext({ name }));
  folder.write("home/.kube/config", oneContext({ name: "home" }));
  return folder;
}

for (
  const [why, choose, origin] of [
    [
      "--kubeconfig before all else",
      (at) => [{ kubeconfig: at("a") }, { ...POD, KUBECONFIG: at("b"), HOME: at("home") }],
      'context "a"',
    ],
    [
      "KUBECONFIG before the pod's account",
      (at) => [{}, { ...POD, KUBECONFIG: at("b"), HOME: at("home") }],
      'context "b"',
    ],
    ["the pod's account before the home folder", (at) => [{}, { ...POD, HOME: at("home") }], SERVICE_ACCOUNT],
    ["the pod's account when KUBECONFIG is empty", () => [{}, { ...POD, KUBECONFIG: "" }], SERVICE_ACCOUNT],
    ["the home folder's kubeconfig", (at) => [{}, { HOME: at("home") }], 'context "home"'],
    ["the home folder of Windows", (at) => [{}, { USERPROFILE: at("home") }], 'context "home"'],
    [
      "the home folder in a pod when --context asks for it",
      (at) => [{ context: "home" }, { ...POD, HOME: at("home") }],
      'context "home"',
    ],
    ["the first of a list", (at) => [{}, { KUBECONFIG: `${at("b")}:${at("a")}` }], 'context "b"'],
    [
      "the context of --context out of a list",
      (at) => [{ context: "a" }, { KUBECONFIG: `${at("b")}:${at("a")}` }],
      'context "a"',
    ],
    [
      "what is there of a list",
      (at) => [{}, { KUBECONFIG: `${at("none")}:${at("a")}:${at("gone")}` }],
      'context "a"',
    ],
    ["a list with empty entries", (at) => [{}, { KUBECONFIG: `::${at("a")}:` }], 'context "a"'],
  ] as [string, (at: (name: string) => string) => [CredentialFlags, Environment], string][]
) {
  Deno.test({
    name: `findCredentials() takes ${why}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      using folder = prepared();
      const [flags, environment] = choose((name) => `${folder.path}/${name}`);
      assert.equal((await findCredentials(flags, environment)).origin, origin);
    },
  });
}

for (
  const [host, port, server] of [
    ["10.96.0.1", "443", "https://10.96.0.1:443"],
    ["10.96.0.1", undefined, "https://10.96.0.1:443"],
    ["kubernetes.default", "6443", "https://kubernetes.default:6443"],
    ["fd00::1", "443", "https://[fd00::1]:443"],
  ]
) {
  Deno.test(`findCredentials() finds the API server of a pod at ${server}`, async () => {
    const environment = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port };
    const credentials = await findCredentials({}, environment);
    assert.equal(credentials.server, server);
    assert(URL.canParse(credentials.server));
    assert.equal(credentials.renews, true);
  });
}

for (
  const [what, choose, words] of [
    [
      "--kubeconfig names a file that is not there",
      (at) => [{ kubeconfig: at("none") }, POD],
      /^Cannot read the kubeconfig .*\/none: /,
    ],
    [
      "KUBECONFIG names one file that is not there",
      (at) => [{}, { KUBECONFIG: at("none"), HOME: at("home") }],
      /^Cannot read the kubeconfig .*\/none: /,
    ],
    [
      "KUBECONFIG names several files that are not there",
      (at) => [{}, { KUBECONFIG: `${at("none")}:${at("gone")}`, HOME: at("home") }],
      /^No kubeconfig found at .*\/none, .*\/gone, and this is not a pod\. Pass --kubeconfig or set KUBECONFIG\.$/,
    ],
    [
      "the home folder has none",
      (at) => [{}, { HOME: at("empty") }],
      /^No kubeconfig found at .*\/empty\/\.kube\/config, and this is not a pod\. Pass --kubeconfig or set/,
    ],
    [
      "there is no home folder either",
      () => [{}, {}],
      /^No kubeconfig found, and this is not a pod\. Pass --kubeconfig/,
    ],
    [
      "--context is not in the files",
      (at) => [{ context: "x" }, { KUBECONFIG: at("a") }],
      /^Unknown context "x" in .*Known contexts: a\.$/,
    ],
  ] as [string, (at: (name: string) => string) => [CredentialFlags, Environment], RegExp][]
) {
  Deno.test({
    name: `findCredentials() says in one sentence that ${what}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      using folder = prepared();
      const [flags, environment] = choose((name) => `${folder.path}/${name}`);
      await assert.rejects(findCredentials(flags, environment), credentialsError(words));
    },
  });
}

Deno.test("findCredentials() looks at no variable that is not on its list", async () => {
  const seen = new Set<string>();
  const environment: Environment = new Proxy({}, {
    get: (_, name) => void seen.add(String(name)),
  });
  await assert.rejects(findCredentials({}, environment));
  assert.deepEqual([...seen].filter((name) => !CREDENTIAL_VARIABLES.includes(name)), []);
});
