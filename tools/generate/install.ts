/** Makes deploy/install.yaml: what deploy/base consists of in one file, for `kubectl apply -f`. */

import { join } from "node:path/posix";
import { parse } from "yaml";

/** Reads a file by its path below the project's root. */
export type Read = (path: string) => Promise<string>;

const IMAGE = "ghcr.io/stochastic/kube-devops";

const HEADER = `\
# The operator for a whole cluster: \`kubectl apply -f deploy/install.yaml\`.
# Written by \`deno task generate\` from deploy/base, never by hand.
`;

/** The files of the kustomization in `folder` one after the other, comments and all. */
export async function installYaml(folder: string, read: Read): Promise<string> {
  const files = await resourcesOf(folder, read);
  const documents = await Promise.all(files.map(read));
  return [HEADER, ...documents].join("---\n");
}

/**
 * The files that the kustomization in `folder` takes in, in its order.
 *
 * @throws {Error} when it does more than that: its files would not be what is applied
 */
async function resourcesOf(folder: string, read: Read): Promise<string[]> {
  const path = join(folder, "kustomization.yaml");
  const { apiVersion: _, kind: __, resources, ...rest } = parse(await read(path));
  if (Object.keys(rest).length > 0) {
    throw new Error(`${path} has ${Object.keys(rest).join(", ")}: only resources can be put into one file.`);
  }
  const files = (resources as string[]).map((resource) => {
    const target = join(folder, resource);
    return target.endsWith(".yaml") ? [target] : resourcesOf(target, read);
  });
  return (await Promise.all(files)).flat();
}

/** A Deployment with the image of this version in it. */
export function withImage(deployment: string, version: string): string {
  return deployment.replace(/^( *image: ).*$/m, `$1${IMAGE}:${version}`);
}

/** A Dockerfile with this version on the image's label. */
export function withLabel(dockerfile: string, version: string): string {
  return dockerfile.replace(/(org\.opencontainers\.image\.version=)"[^"]*"/, `$1"${version}"`);
}
