/** Kubeconfig files, and what they name, in a folder of their own, which goes away with the test. */

import { stringify } from "yaml";

/** A kubeconfig with one cluster, user and context, all of one name. */
export interface OneContext {
  readonly name?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly current?: string | undefined;
}

/** The contents of such a file. */
export function oneContext({ name = "dev", cluster = {}, user = {}, current = name }: OneContext = {}) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
    users: [{ name, user: { token: `${name}-token`, ...user } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": current,
  };
}

/** A folder for kubeconfigs. */
export class KubeconfigFolder implements Disposable {
  readonly path = Deno.makeTempDirSync();

  /** Writes a file, objects as YAML, and gives its path. */
  write(name: string, content: string | object): string {
    const path = `${this.path}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, typeof content === "string" ? content : stringify(content));
    return path;
  }

  /** Writes a program for the shell, and gives its path. */
  program(name: string, script: string): string {
    const path = this.write(name, `#!/bin/sh\n${script}\n`);
    Deno.chmodSync(path, 0o755);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
