/** How tests start the program: from its source or as the bundle, and either as if in a pod. */

import { fileURLToPath } from "node:url";
import { SERVICE_ACCOUNT_DIR } from "../../lib/kube/in_cluster.ts";
import type { Launch } from "../../tools/compile/bundle.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** From its source, with `flags` for the runtime. */
export function fromSource(flags: readonly string[] = ["-A"]): Launch {
  return [Deno.execPath(), "run", "--no-prompt", ...flags, MAIN];
}

/** A view of the file system that changes for one process alone; who is not root is so in that view. */
const UNSHARE: Launch = ["unshare", "--mount", ...(Deno.uid() === 0 ? [] : ["--map-root-user"])];

/** Whether {@linkcode inPod} works here: it takes Linux, and a container may forbid it. */
export async function canBeInPod(): Promise<boolean> {
  const [command, ...args] = [...UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"] as const;
  return await new Deno.Command(command!, { args, stdout: "null", stderr: "null" }).output()
    .then(({ success }) => success, () => false);
}

/** The same with the service account's files in `folder` where the kubelet would put them. */
export function inPod(launch: Launch, folder: string): Launch {
  const script = `mount -t tmpfs none "$(readlink -f /var/run)"
    mkdir -p ${SERVICE_ACCOUNT_DIR}
    cp "$0"/* ${SERVICE_ACCOUNT_DIR}
    exec "$@"`;
  return [...UNSHARE, "sh", "-ec", script, folder, ...launch];
}
