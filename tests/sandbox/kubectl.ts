// The real kubectl on a sandbox, over TLS, in a folder of its own.

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { systemClock } from "../../lib/cli/system_clock.ts";
import { policyCrd } from "../../lib/policy/crd.ts";
import { type Sandbox, startSandbox } from "../../lib/sandbox/mod.ts";
import { findKubectl } from "../cluster/binaries.ts";
import { type KubectlOptions, runKubectl } from "../cluster/kubectl.ts";

/** The root of the project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const kubectlPath = await findKubectl().catch(() => undefined);

/** kubectl with a kubeconfig, its settings and caches in a folder of its own; `@` in a line stands for the project. */
export interface Kubectl extends AsyncDisposable {
  /** What kubectl prints when all goes well. */
  ok(line: string, options?: KubectlOptions): Promise<string>;
  /** What it complains of when it must not go well. */
  fails(line: string, options?: KubectlOptions): Promise<string>;
}

/** kubectl with this kubeconfig. */
export async function withKubeconfig(text: string): Promise<Kubectl> {
  const dir = await Deno.makeTempDir({ prefix: "kube-devops-kubectl-" });
  const kubeconfig = join(dir, "kubeconfig");
  await Deno.writeTextFile(kubeconfig, text);
  const run = (line: string, options?: KubectlOptions) =>
    runKubectl(kubectlPath!, dir, kubeconfig, line.replaceAll("@", ROOT).split(" "), options);
  return {
    async ok(line, options) {
      const { code, stdout, stderr } = await run(line, options);
      assert.equal(code, 0, `kubectl ${line}: ${stderr}`);
      return stdout;
    },
    async fails(line, options) {
      const { code, stdout, stderr } = await run(line, options);
      assert.notEqual(code, 0, `kubectl ${line} must fail: ${stdout}`);
      return stderr;
    },
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** kubectl on a sandbox, with the definition of policies and the sample policy there. */
export interface SandboxKubectl extends Kubectl {
  readonly sandbox: Sandbox;
}

async function startKubectl(): Promise<SandboxKubectl> {
  await using started = new AsyncDisposableStack();
  const sandbox = started.use(await startSandbox({ clock: systemClock }));
  const { ok, fails } = started.use(await withKubeconfig(sandbox.kubeconfig));
  await create(sandbox, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", policyCrd());
  for (
    const object of parseAllDocuments(
      await Deno.readTextFile(join(ROOT, "kube-tests/sample-devopspolicy.yaml")),
    )
  ) {
    const value = object.toJS();
    await create(sandbox, value.kind === "Namespace" ? "/api/v1/namespaces" : POLICIES, value);
  }
  const running = started.move();
  return { sandbox, ok, fails, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** A test with a kubectl; left out where there is none. */
export function testWithKubectl(name: string, fn: (test: Deno.TestContext) => Promise<void>): void {
  const isMissing = kubectlPath === undefined;
  const why = isMissing ? " (skipped: there is no kubectl, and no Go to build it)" : "";
  Deno.test({ name: name + why, ignore: isMissing, fn });
}

/** A test with a kubectl on a sandbox. */
export function testKubectl(name: string, fn: (kubectl: SandboxKubectl) => Promise<void>): void {
  testWithKubectl(name, async () => {
    await using kubectl = await startKubectl();
    await fn(kubectl);
  });
}

const POLICIES = "/apis/devops.stochastic.io/v1/namespaces/production/devopspolicies";

async function create(sandbox: Sandbox, path: string, body: object): Promise<void> {
  await send(sandbox, "POST", path, body);
}

/** Writes the status of the sample policy, as the operator does. */
export async function writeStatus(
  { sandbox }: Pick<SandboxKubectl, "sandbox">,
  status: object,
): Promise<void> {
  await send(sandbox, "PATCH", `${POLICIES}/default-policy/status`, { status });
}

async function send(sandbox: Sandbox, method: string, path: string, body: object): Promise<void> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const headers = { authorization: `Bearer ${sandbox.token}`, "content-type": type };
  const response = await sandbox.handler(
    new Request(sandbox.url + path, { method, headers, body: JSON.stringify(body) }),
  );
  assert.ok(response.ok, await response.text());
}
