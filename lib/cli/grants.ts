/** What the program may do to its machine: the one table from which the binary, its sentences and the docs derive. */

import { CREDENTIAL_VARIABLES } from "../kube/find_credentials.ts";
import { PROXY_VARIABLES } from "../kube/proxies.ts";

/** One permission of the runtime's. */
export interface Grant {
  readonly flag: "--allow-net" | "--allow-read" | "--allow-env" | "--ignore-env" | "--allow-run";
  /** What exactly it covers; all of its kind when left out. */
  readonly values?: readonly string[];
  /** What nobody may do without it, in words that fit after "to". */
  readonly act: string;
  /** What it is needed for, in words that fit after "to". */
  readonly why: string;
}

/** The variables that say what a terminal can do, and that nobody wants colours. */
export const SCREEN_VARIABLES = ["NO_COLOR", "CI", "TERM"];

/** Which authorities the runtime trusts: names of stores, and a file of further ones. */
export const TRUST_VARIABLES = ["DENO_TLS_CA_STORE", "DENO_CERT"] as const;

/** All that is baked into the binary. To write, to call foreign code and to ask for the machine's own facts are not. */
export const GRANTS: readonly Grant[] = [
  { flag: "--allow-net", act: "use the network", why: "talk to API servers and serve health and metrics" },
  {
    flag: "--allow-read",
    act: "read files",
    why: "read kubeconfigs, the files that they name, a pod's service account, and its name",
  },
  {
    flag: "--allow-env",
    values: [...CREDENTIAL_VARIABLES, ...PROXY_VARIABLES, ...TRUST_VARIABLES, ...SCREEN_VARIABLES],
    act: "read the environment",
    why: "find the cluster, the proxy before it, and whom to trust",
  },
  { flag: "--ignore-env", act: "read the environment", why: "let libraries find any other variable unset" },
  {
    flag: "--allow-run",
    values: [
      "aws",
      "aws-iam-authenticator",
      "gke-gcloud-auth-plugin",
      "kubelogin",
      "kubectl-oidc_login",
      "doctl",
      "oci",
      "tsh",
    ],
    act: "start programs",
    why: "get credentials from the plugin that a kubeconfig names",
  },
];

/** The arguments that grant `grants`, for any command of the runtime's that takes permissions. */
export function grantFlags(grants: readonly Grant[] = GRANTS): string[] {
  return ["--no-prompt", ...grants.map(({ flag, values }) => values ? `${flag}=${values.join()}` : flag)];
}

/**
 * What the program was not permitted to do when `error`, or what caused it, was thrown: one sentence with what to grant;
 * undefined when it was something else, or wanted a permission that is not in the table.
 */
export function missingGrant(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) continue;
    const [, kind, name] = /^Requires (\w+) access(?: to "(.*?)")?,/.exec(cause.message) ?? [];
    const grant = GRANTS.find(({ flag }) => flag === `--allow-${kind}`);
    return grant && notPermitted(grant.flag, name === undefined ? [] : [name]);
  }
  return undefined;
}

/** The sentence for who lacks the grant of `flag`, at least for what `names` are the names of. */
export function notPermitted(flag: Grant["flag"], names: readonly string[]): string {
  const { act, values, why } = GRANTS.find((grant) => grant.flag === flag)!;
  const foreign = values !== undefined && names.some((name) => !values.includes(name));
  // A variable that is not in the table is none of ours: a library looks for it.
  if (flag === "--allow-env" && foreign) return notPermitted("--ignore-env", names);
  const needed = values !== undefined && names.length > 0 ? `${flag}=${names.join()}` : flag;
  const what = needed === flag && names.length > 0 ? `${act} (${names.join(", ")})` : act;
  const released = foreign ? `; as released it may start ${values.join(", ")}, as PATH finds them` : "";
  return `Not permitted to ${what}: kube-devops needs ${needed} to ${why}${released}.`;
}
