// Finds the real kube-apiserver, etcd and kubectl that the cluster tests run, and builds those that are missing.

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the executables of a test cluster lie. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
}

const MODULE_DIR = fileURLToPath(new URL("./apiserver/", import.meta.url));

/** What a build takes the first time, for the line that tells why it is quiet for so long. */
const BUILD_TIME = { etcd: "1 minute", "kube-apiserver": "4 minutes", kubectl: "1 minute" } as const;
type Binary = keyof typeof BUILD_TIME;

const VERSION = "k8s.io/component-base/version";
const LD_FLAGS = `-s -w -X ${VERSION}.gitVersion=v1.34.4 -X ${VERSION}.gitMajor=1 -X ${VERSION}.gitMinor=34`;

/**
 * Finds the executables: in the folder that `KUBEBUILDER_ASSETS` names if it is set, else built once with Go;
 * kubectl may also come from the `PATH`.
 * @throws if something has to be built and cannot be; the message says what to install.
 */
export async function findBinaries(): Promise<Binaries> {
  const assets = Deno.env.get("KUBEBUILDER_ASSETS");
  if (assets) {
    return {
      etcd: await requireAsset(assets, "etcd"),
      kubeApiserver: await requireAsset(assets, "kube-apiserver"),
      kubectl: await isFile(join(assets, "kubectl")) ? join(assets, "kubectl") : await findKubectl(),
    };
  }
  return {
    etcd: await buildBinary("etcd"),
    kubeApiserver: await buildBinary("kube-apiserver"),
    kubectl: await findKubectl(),
  };
}

/** Finds kubectl on the `PATH`, else builds it. */
export async function findKubectl(): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    if (folder && await isFile(join(folder, "kubectl"))) return join(folder, "kubectl");
  }
  return await buildBinary("kubectl");
}

/**
 * Builds one executable into the user's cache unless it is there, and returns its path. Two builders at once do
 * no harm: each builds in a folder of its own and then renames.
 * @throws if Go is missing or the build fails.
 */
export async function buildBinary(name: Binary): Promise<string> {
  const folder = join(cacheDir(), "kube-devops", "test-servers", await sourceHash());
  const path = join(folder, name);
  if (await isFile(path)) return path;
  await Deno.mkdir(folder, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: folder, prefix: "build-" });
  try {
    await goBuild(name, join(scratch, name));
    await Deno.rename(join(scratch, name), path);
    return path;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function goBuild(name: Binary, output: string): Promise<void> {
  const options = ["-mod=readonly", "-buildvcs=false", "-ldflags", LD_FLAGS, "-o", output];
  const go = spawnGo(["build", ...options, `./${name}`]);
  console.error(`building ${name} (about ${BUILD_TIME[name]}, once) …`);
  const { success, stderr } = await go.output();
  if (!success) throw new Error(`Cannot build ${name}: ${new TextDecoder().decode(stderr).trim()}`);
}

function spawnGo(args: string[]): Deno.ChildProcess {
  try {
    const env = { GOWORK: "off" };
    return new Deno.Command("go", { args, cwd: MODULE_DIR, env, stdout: "piped", stderr: "piped" }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      "Cannot run the cluster tests: Go is not installed and KUBEBUILDER_ASSETS is not set. " +
        "Install Go 1.24 or later, or let KUBEBUILDER_ASSETS name a folder with kube-apiserver and etcd.",
    );
  }
}

async function requireAsset(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  if (await isFile(path)) return path;
  throw new Error(
    `Cannot run the cluster tests: KUBEBUILDER_ASSETS is "${folder}", which holds no ${name}. ` +
      "Unset it to build the servers with Go, or let it name a folder with kube-apiserver and etcd.",
  );
}

/** Names what the executables are built from, so that a changed source is built anew. */
async function sourceHash(): Promise<string> {
  const mains = Object.keys(BUILD_TIME).map((name) => join(name, "main.go"));
  const hash = createHash("sha256").update(Deno.build.target).update(LD_FLAGS);
  for (const file of ["go.mod", "go.sum", join("parent", "parent.go"), ...mains]) {
    hash.update(await Deno.readFile(join(MODULE_DIR, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

function cacheDir(): string {
  const home = Deno.env.get("HOME") ?? dirname(Deno.execPath());
  return Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache");
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
