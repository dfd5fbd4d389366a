// Finds the real kube-apiserver, etcd, kubectl and helm that the cluster tests run, and builds those that are missing.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram, type GoProgram, isFile } from "./go_build.ts";

/** Where the executables of a test cluster lie. */
export interface Binaries {
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubectl: string;
}

/** A program and how it is built. */
interface Source extends Pick<GoProgram, "module" | "files" | "package" | "time"> {
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
 * Builds one executable into the user's cache unless it is there, and returns its path.
 * @throws if Go is missing or the build fails.
 */
export function buildBinary(name: Binary): Promise<string> {
  const { otherwise, ...source } = SOURCES[name];
  return buildGoProgram({
    ...source,
    name,
    ldFlags: LD_FLAGS,
    cache: "test-servers",
    withoutGo: `Cannot run the cluster tests: ${name} has to be built, and Go is not installed. ` +
      `Install Go 1.24 or later, or ${otherwise}.`,
  });
}

async function requireAsset(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  if (await isFile(path)) return path;
  throw new Error(
    `Cannot run the cluster tests: KUBEBUILDER_ASSETS is "${folder}", which holds no ${name}. ` +
      "Unset it to build the servers with Go, or let it name a folder with kube-apiserver and etcd.",
  );
}
