/** The table of permissions: the flags made of it, and the sentence for whoever runs the program with less. */

import assert from "node:assert/strict";
import { CredentialsError } from "../../lib/api/errors.ts";
import { EXIT, ExitError } from "../../lib/cli/exit.ts";
import { grantFlags, GRANTS, missingGrant } from "../../lib/cli/grants.ts";
import { CREDENTIAL_VARIABLES } from "../../lib/kube/find_credentials.ts";

const values = (flag: string) => GRANTS.find((grant) => grant.flag === flag)?.values ?? [];

Deno.test("grantFlags() grants what is in the table, never asks, and lists what is limited", () => {
  const flags = grantFlags();
  assert.deepEqual(flags.map((flag) => flag.split("=", 1)[0]), [
    "--no-prompt",
    "--allow-net",
    "--allow-read",
    "--allow-env",
    "--ignore-env",
    "--allow-run",
  ]);
  assert.deepEqual(flags.filter((flag) => flag.includes("=")), [
    `--allow-env=${values("--allow-env").join()}`,
    `--allow-run=${values("--allow-run").join()}`,
  ]);
  assert.deepEqual(grantFlags([]), ["--no-prompt"]);
});

Deno.test("the variables that find the cluster may be read, and each name is in the table once", () => {
  for (const name of CREDENTIAL_VARIABLES) assert(values("--allow-env").includes(name), name);
  for (const { flag } of GRANTS) assert.equal(new Set(values(flag)).size, values(flag).length, flag);
  for (const { act, why } of GRANTS) {
    for (const words of [act, why]) assert.match(words, /^[a-z].*[a-z]$/, "it goes into a sentence");
  }
});

/** What the runtime says, and the sentence made of it. */
const SENTENCES: readonly (readonly [said: string, sentence: string])[] = [
  [
    'Requires net access to "10.0.0.1:443", run again with the --allow-net flag',
    "Not permitted to use the network (10.0.0.1:443): kube-devops needs --allow-net " +
    "to talk to API servers and serve health and metrics.",
  ],
  [
    'Requires net access to "10.0.0.1:443", specify the required permissions during compilation using `deno compile --allow-net`',
    "Not permitted to use the network (10.0.0.1:443): kube-devops needs --allow-net " +
    "to talk to API servers and serve health and metrics.",
  ],
  [
    'Requires read access to "/home/me/a, b/config", run again with the --allow-read flag',
    "Not permitted to read files (/home/me/a, b/config): kube-devops needs --allow-read " +
    "to read kubeconfigs, the files that they name, a pod's service account, and its name.",
  ],
  [
    'Requires env access to "KUBECONFIG", run again with the --allow-env flag',
    "Not permitted to read the environment: kube-devops needs --allow-env=KUBECONFIG " +
    "to find the cluster, the proxy before it, and whom to trust.",
  ],
  [
    'Requires env access to "HTTPS_PROXY", run again with the --allow-env flag',
    "Not permitted to read the environment: kube-devops needs --allow-env=HTTPS_PROXY " +
    "to find the cluster, the proxy before it, and whom to trust.",
  ],
  [
    'Requires env access to "CLICOLOR_FORCE", run again with the --allow-env flag',
    "Not permitted to read the environment (CLICOLOR_FORCE): kube-devops needs --ignore-env " +
    "to let libraries find any other variable unset.",
  ],
  [
    "Requires env access, run again with the --allow-env flag",
    "Not permitted to read the environment: kube-devops needs --allow-env " +
    "to find the cluster, the proxy before it, and whom to trust.",
  ],
  [
    'Requires run access to "aws", run again with the --allow-run flag',
    "Not permitted to start programs: kube-devops needs --allow-run=aws " +
    "to get credentials from the plugin that a kubeconfig names.",
  ],
  [
    'Requires run access to "/opt/login", run again with the --allow-run flag',
    "Not permitted to start programs: kube-devops needs --allow-run=/opt/login " +
    "to get credentials from the plugin that a kubeconfig names; as released it may start aws, aws-iam-authenticator, " +
    "gke-gcloud-auth-plugin, kubelogin, kubectl-oidc_login, doctl, oci, tsh, as PATH finds them.",
  ],
];

for (const [said, sentence] of SENTENCES) {
  Deno.test(`missingGrant() turns "${said}" into a sentence with what to grant and why`, () => {
    const refused = new Deno.errors.NotCapable(said);
    assert.equal(missingGrant(refused), sentence);
    const credentials = new CredentialsError("Cannot read it.", { cause: refused });
    assert.equal(missingGrant(new ExitError(EXIT.cluster, "Cannot.", { cause: credentials })), sentence);
  });
}

for (
  const error of [
    undefined,
    "NotCapable",
    new Deno.errors.PermissionDenied('Requires read access to "/x", run again with the --allow-read flag'),
    new Error("a bug", { cause: 'Requires read access to "/x", run again with the --allow-read flag' }),
    // What the program should never ask for stays a bug.
    new Deno.errors.NotCapable('Requires write access to "/x", run again with the --allow-write flag'),
    new Deno.errors.NotCapable('Requires sys access to "osRelease", run again with the --allow-sys flag'),
    new Deno.errors.NotCapable("Requires toString access, run again"),
    new Deno.errors.NotCapable("said in other words"),
  ]
) {
  Deno.test(`missingGrant() has no sentence for ${error}`, () =>
    assert.equal(missingGrant(error), undefined));
}
