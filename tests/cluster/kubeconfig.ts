// Writes kubeconfigs for others than the admin of a test cluster.

import type { ControlPlane } from "./control_plane.ts";

/** Writes a kubeconfig with one context, called `name`, of a user with these credentials; returns its path. */
export async function writeKubeconfig(
  cluster: Pick<ControlPlane, "dir" | "url" | "caPem">,
  name: string,
  user: Readonly<Record<string, unknown>>,
  { ca = true } = {},
): Promise<string> {
  const path = `${cluster.dir}/${name}.kubeconfig`;
  const authority = ca ? { "certificate-authority-data": btoa(cluster.caPem) } : {};
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      clusters: [{ name, cluster: { server: cluster.url, ...authority } }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    }),
  );
  return path;
}
