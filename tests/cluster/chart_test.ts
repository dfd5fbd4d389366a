// The Helm chart, by the real Helm on a real API server: the same objects as deploy/base, and what its values change.

import assert from "node:assert/strict";
import { findHelm } from "./binaries.ts";
import { type Objects, REFUSED, VALUES } from "./chart_values.ts";
import { startControlPlane } from "./control_plane.ts";
import { createNamespace } from "./fixtures.ts";
import { runKubectl } from "./kubectl.ts";
import { inOrder, type Manifest, objectsIn } from "./manifests.ts";

const RELEASE = ["kube-devops", "deploy/chart", "--namespace=devops-system"];
Deno.test("the Helm chart on a real API server", async (t) => {
  await using cluster = await startControlPlane();
  await createNamespace(cluster, "team");
  const binary = await findHelm();
  // Helm looks for its settings where kubectl does.
  const run = (args: readonly string[]) => runKubectl(binary, cluster.dir, cluster.kubeconfig, args);
  const helm = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  };
  const text = await Deno.readTextFile("README.md");
  /** What the README has `program` do that begins with `verb`. */
  const readme = (program: string, verb: string) => {
    const [, args] = new RegExp(`^${program} (${verb} .*)$`, "m").exec(text) ?? [];
    return args!.split(" ");
  };
  const render = async (...args: string[]) => objectsIn(await helm("template", ...RELEASE, ...args));

  await t.step("Helm's own lint has nothing against it", async () => {
    assert.match(await helm("lint", "--strict", "deploy/chart"), / 0 chart\(s\) failed/);
  });

  await t.step("its objects are those of install.yaml, except for the namespace", async () => {
    const installed = objectsIn(await Deno.readTextFile("deploy/install.yaml"));
    const rendered = (await render("--include-crds")).map(withoutLabelsOfHelm);
    assert.deepEqual(rendered, installed.filter(({ kind }) => kind !== "Namespace"));
  });

  const standard = await render();
  for (const [values, change] of Object.entries(VALUES)) {
    await t.step(`${values} changes what it should, and nothing else`, async () => {
      const expected = structuredClone(standard) as Objects;
      change(expected);
      assert.deepEqual(await render(`--set=${values}`), inOrder(expected));
    });
  }

  for (const [values, why] of Object.entries(REFUSED)) {
    await t.step(`${values} is refused`, async () => {
      const { code, stderr } = await run(["template", ...RELEASE, `--set=${values}`]);
      assert.equal(code, 1);
      assert.match(stderr, why);
    });
  }

  await t.step("the README's command installs it, without a warning where pods are restricted", async () => {
    await kubectl("apply", "--filename=deploy/base/namespace.yaml");
    assert.match(await helm(...readme("helm", "install")), /^STATUS: deployed$/m);
    const names = await installed();
    assert.equal(names.length, standard.length);
    assert.ok(names.includes("clusterrole.rbac.authorization.k8s.io/kube-devops"), names.join());
  });

  await t.step("an upgrade to two replicas is taken by the server, and the way back as well", async () => {
    await helm("upgrade", ...RELEASE, "--set=replicas=2,leaderElection.enabled=true");
    assert.equal((await installed()).length, standard.length + 3);
    await helm("upgrade", ...RELEASE, "--reset-values");
    assert.equal((await installed()).length, standard.length);
  });

  await t.step("an upgrade to one namespace takes the rights in all others away", async () => {
    await helm("upgrade", ...RELEASE, "--set=namespaces={team}");
    const names = await installed();
    assert.equal(names.length, standard.length);
    assert.deepEqual(names.filter((name) => name.includes("clusterrole")), []);
  });

  await t.step("the README's uninstall leaves nothing but the definition, and so the policies", async () => {
    await helm(...readme("helm", "uninstall"));
    assert.deepEqual(await installed(), []);
    await kubectl("get", "crd/devopspolicies.devops.stochastic.io");
    await kubectl(...readme("kubectl", "delete namespace"));
  });

  async function kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** The names of all objects of the release that are there. */
  async function installed(): Promise<readonly string[]> {
    const kinds =
      "poddisruptionbudgets,serviceaccounts,clusterroles,clusterrolebindings,roles,rolebindings,services,networkpolicies,deployments";
    const release = "--selector=app.kubernetes.io/instance=kube-devops";
    return (await kubectl("get", kinds, release, "--all-namespaces", "--output=name")).split("\n").filter(
      Boolean,
    );
  }
});

/** An object as it would be without the labels by which Helm and its releases know their own. */
function withoutLabelsOfHelm(object: Manifest): Manifest {
  const theirs = /^(helm\.sh\/chart|app\.kubernetes\.io\/(instance|version|managed-by))$/;
  return JSON.parse(JSON.stringify(object, (key, value) => theirs.test(key) ? undefined : value));
}
