// Finds the real kube-apiserver, etcd, kubectl and helm that the cluster tests run, and builds those that are missing.

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the executables of a test cluster lie. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
}

/** A program and how it is built. */
interface Source {
  /** The folder of its Go module, and the files there that decide what is built. */
  readonly module: string;
  readonly files: readonly string[];
  readonly package: string;
  /** What a build takes the first time, for the line that tells why it is quiet for so long. */
  readonly time: string;
  /** How to do without a build. */
  readonly otherwise: string;
}

const SERVERS = {
  module: fileURLToPath(new URL("./apiserver/", import.meta.url)),
  files: [
    "go.mod",
    "go.sum",
    "parent/parent.go",
    "etcd/main.go",
    "kube-apiserver/main.go",
    "kubectl/main.go",
  ],
  otherwise: "let KUBEBUILDER_ASSETS name a folder with kube-apiserver and etcd",
};
const ON_THE_PATH = "put it on the PATH";

const SOURCES = {
  etcd: { ...SERVERS, package: "./etcd", time: "1 minute" },
  "kube-apiserver": { ...SERVERS, package: "./kube-apiserver", time: "4 minutes" },
  kubectl: { ...SERVERS, package: "./kubectl", time: "1 minute", otherwise: ON_THE_PATH },
  helm: {
    module: fileURLToPath(new URL("./helm/", import.meta.url)),
    files: ["go.mod", "go.sum"],
    package: "helm.sh/helm/v3/cmd/helm",
    time: "2 minutes",
    otherwise: ON_THE_PATH,
  },
} satisfies Record<string, Source>;
type Binary = keyof typeof SOURCES;

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
export const findKubectl = (): Promise<string> => findTool("kubectl");

/** Finds helm on the `PATH`, else builds it. */
export const findHelm = (): Promise<string> => findTool("helm");

async function findTool(name: Binary): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    if (folder && await isFile(join(folder, name))) return join(folder, name);
  }
  return await buildBinary(name);
}

/**
 * Builds one executable into the user's cache unless it is there, and returns its path. Two builders at once do
 * no harm: each builds in a folder of its own and then renames.
 * @throws if Go is missing or the build fails.
 */
export async function buildBinary(name: Binary): Promise<string> {
  const folder = join(cacheDir(), "kube-devops", "test-servers", await sourceHash(SOURCES[name]));
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
  const { package: source, time } = SOURCES[name];
  const options = ["-mod=readonly", "-buildvcs=false", "-ldflags", LD_FLAGS, "-o", output];
  const go = spawnGo(name, ["build", ...options, source]);
  console.error(`building ${name} (about ${time}, once) …`);
  const { success, stderr } = await go.output();
  if (!success) throw new Error(`Cannot build ${name}: ${new TextDecoder().decode(stderr).trim()}`);
}

function spawnGo(name: Binary, args: string[]): Deno.ChildProcess {
  const { module: cwd, otherwise } = SOURCES[name];
  try {
    const env = { GOWORK: "off" };
    return new Deno.Command("go", { args, cwd, env, stdout: "piped", stderr: "piped" }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot run the cluster tests: ${name} has to be built, and Go is not installed. ` +
        `Install Go 1.24 or later, or ${otherwise}.`,
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
async function sourceHash({ module, files }: Source): Promise<string> {
  const hash = createHash("sha256").update(Deno.build.target).update(LD_FLAGS);
  for (const file of files) hash.update(await Deno.readFile(join(module, file)));
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
