/** Who the credential plugin of a kubeconfig says that we are: asked at first, when that expires, when it is rejected. */

import { CredentialsError } from "../../api/errors.ts";
import { escapeText } from "../../api/text.ts";
import {
  EXEC_VERSIONS,
  type ExecCredential,
  type ExecInfo,
  execInfo,
  parseExecCredential,
  PluginError,
} from "./exec_credential.ts";
import type { Entry } from "./file.ts";
import type { IdentitySource } from "./identity.ts";
import { pemSource } from "./pem.ts";
import { printedBy } from "./plugin_process.ts";

/** Where plugins run. */
export interface PluginSurroundings {
  /** Whether somebody is at a terminal, whom a plugin may ask and to whom it may speak; nobody is when left out. */
  readonly terminal?: boolean;
  /** How long a plugin may take; milliseconds. */
  readonly timeoutMs?: number;
}

/** A plugin that asks nobody may have to ask a cloud. */
const TIMEOUT_MS = 60_000;
/** A person may have to find their phone. */
const PATIENCE_MS = 5 * 60_000;

/** Where a cluster's settings for a plugin stand, among its extensions. */
const CLUSTER_EXTENSION = "client.authentication.k8s.io/exec";

interface Options extends PluginSurroundings {
  readonly origin: string;
}

/**
 * The identity that the plugin in `exec` gives for `cluster`.
 *
 * @throws {CredentialsError} when it is one that kubectl would not run either
 */
export function pluginIdentity(exec: Entry, cluster: Entry, options: Options): IdentitySource {
  const plugin = parsePlugin(exec, options.origin);
  const ca = pemSource(cluster, "certificate-authority", options.origin);
  const ask = async () => {
    const told = exec.isOn("provideClusterInfo") ? clusterInfo(cluster, await ca.read()) : undefined;
    return await askPlugin(plugin, told, options);
  };
  let known: ExecCredential | undefined;
  let asking: Promise<ExecCredential> | undefined;
  return {
    trustsSystem: false,
    async current() {
      if (known === undefined || known.expiresAt <= Date.now()) {
        // Requests come together; the plugin is asked once.
        asking ??= ask().finally(() => asking = undefined);
        known = await asking;
      }
      return known.identity;
    },
    forget() {
      known = undefined;
    },
  };
}

interface Plugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly interactiveMode: string;
  readonly installHint: string | undefined;
}

function parsePlugin(exec: Entry, origin: string): Plugin {
  const name = exec.text("command");
  if (name === undefined) throw new CredentialsError(`The plugin of ${origin} has no command: write one.`);
  const apiVersion = exec.text("apiVersion") ?? "";
  if (!EXEC_VERSIONS.includes(apiVersion)) {
    throw new CredentialsError(
      `The plugin of ${origin} has the apiVersion "${apiVersion}", which is not supported: ` +
        `write ${EXEC_VERSIONS.join(" or ")}, or have the kubeconfig made anew.`,
    );
  }
  return {
    apiVersion,
    // A name alone is looked for in PATH.
    command: /[/\\]/.test(name) ? exec.path("command") ?? name : name,
    args: exec.list("args").map(String),
    env: environment(exec),
    interactiveMode: exec.text("interactiveMode") ?? "IfAvailable",
    installHint: exec.text("installHint")?.replace(/\s+/g, " ").trim(),
  };
}

async function askPlugin(
  { apiVersion, command, args, env, interactiveMode, installHint }: Plugin,
  cluster: ExecInfo["cluster"],
  { origin, terminal = false, timeoutMs }: Options,
): Promise<ExecCredential> {
  const interactive = terminal && interactiveMode !== "Never";
  try {
    if (interactiveMode === "Always" && !interactive) {
      throw new PluginError("wants to ask somebody, and there is no terminal. Run this in one");
    }
    const printed = await printedBy({
      command,
      args,
      env: { ...env, KUBERNETES_EXEC_INFO: execInfo({ apiVersion, interactive, cluster }) },
      interactive,
      terminal,
      timeoutMs: timeoutMs ?? (interactive ? PATIENCE_MS : TIMEOUT_MS),
    });
    return parseExecCredential(printed, apiVersion);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const hint = error.cause instanceof Deno.errors.NotFound && installHint ? ` ${installHint}` : "";
    throw new CredentialsError(
      `Cannot get the credentials of ${origin}: its plugin "${escapeText(command)}" ${error.message}.${hint}`,
      { cause: error },
    );
  }
}

function environment(exec: Entry): Record<string, string> {
  const pairs = exec.list("env").map((pair) => {
    const { name, value } = (pair ?? {}) as { name?: unknown; value?: unknown };
    return [String(name), String(value ?? "")];
  });
  return Object.fromEntries(pairs);
}

/** The cluster as `KUBERNETES_EXEC_INFO` describes it, with what the kubeconfig says for plugins alone. */
function clusterInfo(cluster: Entry, ca: string | undefined): Record<string, unknown> {
  const extensions = cluster.list("extensions") as readonly { name?: unknown; extension?: unknown }[];
  return {
    server: cluster.text("server"),
    "certificate-authority-data": ca && new TextEncoder().encode(ca).toBase64(),
    "proxy-url": cluster.text("proxy-url"),
    config: extensions.find((entry) => entry?.name === CLUSTER_EXTENSION)?.extension,
  };
}
