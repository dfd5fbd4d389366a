/** How to join the demo: credentials for the operator beside it, and a kubeconfig for a kubectl in another terminal. */

import { parse } from "yaml";
import type { Credentials } from "../../kube/credentials.ts";
import type { Fetch } from "../../kube/transport.ts";
import type { Sandbox } from "../../sandbox/mod.ts";

/** The admin's credentials of `sandbox`, for use in this process. */
export function credentialsOf(
  { url, token, kubeconfig }: Pick<Sandbox, "url" | "token" | "kubeconfig">,
): Credentials {
  const { clusters } = parse(kubeconfig) as { clusters: { cluster: Record<string, string> }[] };
  const ca = atob(clusters[0]?.cluster["certificate-authority-data"] ?? "");
  const access = { headers: { authorization: `Bearer ${token}` }, tls: { ca, client: undefined } };
  return {
    server: url,
    origin: "the demo",
    renews: false,
    trustsSystem: false,
    access: () => Promise.resolve(access),
    rejected() {},
  };
}

/** A `fetch` of the admin's that goes straight to the sandbox, without a network between: for filling a large one. */
export function directFetch({ token, handler }: Pick<Sandbox, "token" | "handler">): Fetch {
  return ({ url, method, headers, body }) => {
    const request = new Request(url, { method, body: body ?? null });
    for (const [name, value] of headers) request.headers.set(name, value);
    request.headers.set("authorization", `Bearer ${token}`);
    return handler(request);
  };
}

/** What to do in a second terminal; it holds until this is disposed of. */
export interface Invitation extends AsyncDisposable {
  readonly text: string;
}

/** A kubeconfig in a temporary file or, where nothing may be written, the flags that say the same. */
export async function invite(
  { url, token, kubeconfig }: Pick<Sandbox, "url" | "token" | "kubeconfig">,
): Promise<Invitation> {
  if ((await Deno.permissions.query({ name: "write" })).state !== "granted") {
    // The server lives on loopback and as long as the demo: there is nobody else to take for it.
    const flags = `--server ${url} --token ${token} --insecure-skip-tls-verify`;
    return {
      text: `Join in from a second terminal:\n  kubectl ${flags} get dop -A`,
      async [Symbol.asyncDispose]() {},
    };
  }
  const dir = await Deno.makeTempDir({ prefix: "kube-devops-demo-" });
  const path = `${dir}/kubeconfig`;
  await Deno.writeTextFile(path, kubeconfig, { mode: 0o600 });
  return {
    text: `Join in from a second terminal:\n  export KUBECONFIG=${path}\n  kubectl get dop -A`,
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}
