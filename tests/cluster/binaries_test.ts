// Proves that missing executables fail the cluster tests with one clear sentence, and that given ones are taken.

import assert from "node:assert/strict";
import { join } from "node:path";

for (
  const [find, binary, otherwise] of [
    ["findBinaries", "etcd", "let KUBEBUILDER_ASSETS name a folder with kube-apiserver and etcd"],
    ["findKubectl", "kubectl", "put it on the PATH"],
    ["findHelm", "helm", "put it on the PATH"],
  ] as const
) {
  Deno.test(`${find}() says what to install when there is neither Go nor ${binary}`, async () => {
    const { code, stderr } = await findIn({}, find);
    assert.equal(code, 1);
    assert.ok(
      stderr.includes(
        `Cannot run the cluster tests: ${binary} has to be built, and Go is not installed. ` +
          `Install Go 1.24 or later, or ${otherwise}.`,
      ),
      stderr,
    );
  });
}

Deno.test("findHelm() takes what is on the PATH", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "helm"), "");
    const { stdout } = await findIn({ PATH: `/nowhere:${folder}` }, "findHelm");
    assert.equal(JSON.parse(stdout), join(folder, "helm"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("findBinaries() takes the executables of KUBEBUILDER_ASSETS, and names one that is not there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["etcd", "kubectl"]) await Deno.writeTextFile(join(folder, name), "");
    const incomplete = await findIn({ KUBEBUILDER_ASSETS: folder });
    assert.equal(incomplete.code, 1);
    assert.ok(
      incomplete.stderr.includes(`KUBEBUILDER_ASSETS is "${folder}", which holds no kube-apiserver.`),
    );

    await Deno.writeTextFile(join(folder, "kube-apiserver"), "");
    const { stdout } = await findIn({ KUBEBUILDER_ASSETS: folder });
    assert.deepEqual(JSON.parse(stdout), {
      etcd: join(folder, "etcd"),
      kubeApiserver: join(folder, "kube-apiserver"),
      kubectl: join(folder, "kubectl"),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Calls `find` in a process that has an empty cache, no `PATH`, and only `env` for its environment. */
async function findIn(env: Record<string, string>, find = "findBinaries") {
  const home = await Deno.makeTempDir();
  try {
    const script = `
      import { ${find} } from ${JSON.stringify(import.meta.resolve("./binaries.ts"))};
      console.log(JSON.stringify(await ${find}()));`;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-config", script],
      clearEnv: true,
      env: { HOME: home, DENO_DIR: join(home, "deno"), NO_COLOR: "1", PATH: home, ...env },
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
