// Proves that missing executables fail the cluster tests with one clear sentence, and that given ones are taken.

import assert from "node:assert/strict";
import { join } from "node:path";

Deno.test("findBinaries() says what to install when there is neither Go nor a folder of executables", async () => {
  const { code, stderr } = await findBinariesWith({});
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Cannot run the cluster tests: Go is not installed and KUBEBUILDER_ASSETS is not set\. Install Go/,
  );
});

Deno.test("findBinaries() takes the executables of KUBEBUILDER_ASSETS, and names one that is not there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["etcd", "kubectl"]) await Deno.writeTextFile(join(folder, name), "");
    const incomplete = await findBinariesWith({ KUBEBUILDER_ASSETS: folder });
    assert.equal(incomplete.code, 1);
    assert.ok(
      incomplete.stderr.includes(`KUBEBUILDER_ASSETS is "${folder}", which holds no kube-apiserver.`),
    );

    await Deno.writeTextFile(join(folder, "kube-apiserver"), "");
    const { stdout } = await findBinariesWith({ KUBEBUILDER_ASSETS: folder });
    assert.deepEqual(JSON.parse(stdout), {
      etcd: join(folder, "etcd"),
      kubeApiserver: join(folder, "kube-apiserver"),
      kubectl: join(folder, "kubectl"),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Calls `findBinaries()` in a process that has an empty cache, no `PATH`, and only `env` for its environment. */
async function findBinariesWith(env: Record<string, string>) {
  const home = await Deno.makeTempDir();
  try {
    const script = `
      import { findBinaries } from ${JSON.stringify(import.meta.resolve("./binaries.ts"))};
      console.log(JSON.stringify(await findBinaries()));`;
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
