/** Users whose credential a plugin prints, a script that is written for the test. */

import { certificate } from "../../support/certificates/mod.ts";
import { type KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { accessFrom } from "../harness.ts";

/** The version of the exchange that plugins speak. */
export const V1 = "client.authentication.k8s.io/v1";
/** The CA of the servers here, as a setting. */
export const CA = { "certificate-authority-data": btoa(certificate("ca").cert) };

/** A shell's words that print a credential; `$runs` counts the runs. */
export const printing = (status: object) => {
  const credential = JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status });
  return `echo run >>"$0.runs"\nruns=$(wc -l <"$0.runs" | tr -d ' ')\necho '${
    credential.replaceAll("$runs", "'$runs'")
  }'`;
};

/** A kubeconfig whose user is what the plugin of that script says. */
export function withPlugin(
  folder: KubeconfigFolder,
  script: string,
  { exec = {}, cluster = {} }: { exec?: object; cluster?: Record<string, unknown> } = {},
) {
  const command = folder.program("plugin", script);
  return oneContext({ cluster, user: { token: undefined, exec: { apiVersion: V1, command, ...exec } } });
}

/** How often the plugin ran. */
export const runs = (folder: KubeconfigFolder) =>
  Deno.readTextFileSync(`${folder.path}/plugin.runs`).split("\n").length - 1;

/** What the plugin prints as its token. */
export async function tokenOf(...args: Parameters<typeof accessFrom>): Promise<string> {
  return String((await accessFrom(...args)).headers.authorization).replace("Bearer ", "");
}
