/** The bundle with a permission less than the binary has: it says in one sentence what it lacks, and never asks for it. */

import assert from "node:assert/strict";
import { type Grant, GRANTS } from "../../lib/cli/grants.ts";
import { CREDENTIAL_VARIABLES } from "../../lib/kube/find_credentials.ts";
import { SERVICE_ACCOUNT_DIR } from "../../lib/kube/in_cluster.ts";
import { bundle, launchBundle } from "../../tools/compile/bundle.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { type Ended, run } from "../support/program.ts";

await bundle();

const folder = new KubeconfigFolder();
addEventListener("unload", () => folder[Symbol.dispose]());
/** Nothing listens there. */
const cluster = { server: "https://127.0.0.1:5" };
const exec = {
  apiVersion: "client.authentication.k8s.io/v1",
  args: [],
  interactiveMode: "Never",
};
const KUBECONFIG = folder.write(".kube/config", oneContext({ name: "test", cluster }));
/** A kubeconfig whose user is known to the plugin called `command` alone. */
const withPlugin = (command: string) =>
  folder.write(
    command,
    oneContext({ name: "test", cluster, user: { token: "", exec: { ...exec, command } } }),
  );

const RECONCILE = ["reconcile", "--metrics-addr", "0"];
const IN_POD = { KUBECONFIG: "", KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: "5" };

/** A use of the program for which it needs a permission, and how it says so. */
interface Use {
  readonly needs: Grant["flag"];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: string;
}

const USES: readonly Use[] = [
  {
    needs: "--allow-net",
    args: ["reconcile", "--kubeconfig", KUBECONFIG, "--metrics-addr", "127.0.0.1:0"],
    says: "use the network (127.0.0.1:0): kube-devops needs --allow-net ",
  },
  ...[[...RECONCILE, "--kubeconfig", KUBECONFIG], ["crd", "install", "--kubeconfig", KUBECONFIG]].map((
    args,
  ): Use => ({
    needs: "--allow-net",
    args,
    says: "use the network (127.0.0.1:5): kube-devops needs --allow-net ",
  })),
  {
    needs: "--allow-net",
    args: ["demo", "--once"],
    says: "use the network (127.0.0.1:0): kube-devops needs --allow-net ",
  },
  ...[
    { args: [...RECONCILE, "--kubeconfig", KUBECONFIG], env: {} },
    { args: RECONCILE, env: { KUBECONFIG } },
    { args: RECONCILE, env: { KUBECONFIG: `${KUBECONFIG}:/nonexistent/other` } },
    { args: RECONCILE, env: { KUBECONFIG: "", HOME: folder.path } },
    { args: ["crd", "install"], env: { KUBECONFIG } },
  ].map((use): Use => ({
    ...use,
    needs: "--allow-read",
    says: `read files (${KUBECONFIG}): kube-devops needs --allow-read `,
  })),
  {
    needs: "--allow-read",
    args: RECONCILE,
    env: IN_POD,
    says: `read files (${SERVICE_ACCOUNT_DIR}/token): kube-devops needs --allow-read `,
  },
  ...[RECONCILE, ["crd", "install"]].map((args): Use => ({
    needs: "--allow-env",
    args,
    env: { KUBECONFIG },
    says: `read the environment: kube-devops needs --allow-env=${CREDENTIAL_VARIABLES.join()} `,
  })),
  {
    needs: "--ignore-env",
    args: ["--help"],
    env: { NO_COLOR: "" },
    says: "read the environment (CLICOLOR_FORCE): kube-devops needs --ignore-env ",
  },
  {
    needs: "--allow-run",
    args: [...RECONCILE, "--kubeconfig", withPlugin("aws")],
    says: "start programs: kube-devops needs --allow-run=aws ",
  },
];

for (const { needs, args, env, says } of USES) {
  const variables = Object.entries(env ?? {}).map((variable) => variable.join("="));
  const line = [...variables, "kube-devops", ...args].join(" ").replaceAll(folder.path, "…");
  Deno.test(`${line} without ${needs} ends with 2 and one sentence`, async () => {
    const grants = GRANTS.filter(({ flag }) => flag !== needs);
    assertRefused(await run(args, launchBundle(grants), env), says);
  });
}

Deno.test("there is a use for each permission", () => {
  assert.deepEqual(new Set(USES.map(({ needs }) => needs)), new Set(GRANTS.map(({ flag }) => flag)));
});

for (const variable of CREDENTIAL_VARIABLES) {
  Deno.test(`crd install without the permission to read ${variable} does not guess which cluster is meant`, async () => {
    const grants = GRANTS.map(({ values, ...grant }) =>
      values ? { ...grant, values: values.filter((value) => value !== variable) } : grant
    );
    const ended = await run(["crd", "install"], launchBundle(grants), { KUBECONFIG });
    assertRefused(
      ended,
      `read the environment: kube-devops needs --allow-env=${variable} to find the cluster`,
    );
  });
}

Deno.test("a plugin that is not in the table may not be started, and the sentence names those that are", async () => {
  Deno.chmodSync(folder.write("bin/foreign", "#!/bin/sh\n"), 0o755);
  const env = { PATH: `${folder.path}/bin:${Deno.env.get("PATH")}` };
  const ended = await run([...RECONCILE, "--kubeconfig", withPlugin("foreign")], launchBundle(), env);
  assertRefused(ended, "start programs: kube-devops needs --allow-run=foreign ");
  assert.match(ended.stderr, /; as released it may start aws, .*, tsh, as PATH finds them\.$/m);
});

Deno.test("with all its permissions crd install gets as far as to a server that is not there", async () => {
  const { code, stderr } = await run(["crd", "install", "--kubeconfig", KUBECONFIG], launchBundle());
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^error: Cannot reach the API server at https:\/\/127\.0\.0\.1:5: connection refused\./,
  );
});

for (const args of [["--version"], ["version"], ["crd", "generate"]]) {
  Deno.test(`kube-devops ${args.join(" ")} needs no permission at all`, async () => {
    const { code, stdout, stderr } = await run(args, launchBundle([]));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^(kube-devops \d|apiVersion: )/);
  });
}

/** One line that is no log record, and it is the sentence. */
function assertRefused({ code, stdout, stderr }: Ended, says: string): void {
  assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, stderr);
  const told = stderr.trimEnd().split("\n").filter((line) => !line.startsWith("{"));
  assert.equal(told.length, 1, stderr);
  assert(told[0]!.startsWith(`error: Not permitted to ${says}`), stderr);
  assert.match(told[0]!, / to [a-z][^.]+\.$/);
}
