/** Kubeconfig files for tests of the command line. */

import { stringify } from "yaml";

/** What the file should lead to. */
export interface KubeconfigOptions {
  readonly server?: string;
  /** PEM. */
  readonly ca?: string;
  readonly token?: string;
}

/** A file that is there until it is disposed of. */
export interface TemporaryFile extends AsyncDisposable {
  readonly path: string;
}

/** A file that holds `text`. */
export async function temporaryFile(text: string): Promise<TemporaryFile> {
  const path = await Deno.makeTempFile({ prefix: "kube-devops-test-" });
  await Deno.writeTextFile(path, text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** A kubeconfig whose one context is called `test`. */
export function kubeconfigFile(
  { server = "https://127.0.0.1:1", ca, token = "secret-token" }: KubeconfigOptions = {},
): Promise<TemporaryFile> {
  const cluster = { server, ...(ca && { "certificate-authority-data": btoa(ca) }) };
  return temporaryFile(stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: { token } }],
  }));
}
