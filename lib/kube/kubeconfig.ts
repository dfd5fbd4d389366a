/** Credentials from kubeconfig files, through the library that knows every kind of user entry. */

import { CredentialsError } from "../api/errors.ts";
import { escapeText } from "../api/text.ts";
import { type Access, type Credentials, sendable } from "./credentials.ts";
import { refuseUnsupported, unreadSettings } from "./kubeconfig_settings.ts";

/** How long an access is used before the library is asked again: plugins and token files have their own expiry. */
const REFRESH_MS = 60_000;

/** For a server without TLS, such as `kubectl proxy`: as with kubectl, no credentials travel in the clear. */
const ANONYMOUS: Access = { headers: {}, tls: { ca: undefined, client: undefined } };

/** Which kubeconfig to use. */
export interface KubeconfigChoice {
  /** The files to merge; of entries with one name the first counts, as for kubectl. */
  readonly paths: readonly string[];
  /** The context to use instead of the files' current one. */
  readonly context: string | undefined;
}

type Library = typeof import("@kubernetes/client-node");
type KubeConfig = InstanceType<Library["KubeConfig"]>;

/** One file, and by user the setting in it that the library would ignore. */
interface Loaded {
  readonly config: KubeConfig;
  readonly unread: ReadonlyMap<string, string>;
}

/**
 * The credentials of a kubeconfig's context.
 *
 * @throws {CredentialsError} in one sentence: a file that cannot be read or parsed, an unknown context, a server address
 *   or a certificate that cannot be used
 */
export async function kubeconfigCredentials({ paths, context }: KubeconfigChoice): Promise<Credentials> {
  const library = await import("@kubernetes/client-node");
  const loaded = paths.map((path) => load(library, path));
  const config = merge(library, loaded.map(({ config }) => config));
  const files = paths.join(", ");
  const name = chooseContext(config, context, files);
  const entry = config.getContextObject(name);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (cluster === null) {
    throw new CredentialsError(
      `Context "${name}" in ${files} names the cluster "${entry?.cluster}", which is not there.`,
    );
  }
  if (user === null) {
    throw new CredentialsError(
      `Context "${name}" in ${files} names the user "${entry?.user}", which is not there.`,
    );
  }
  const source = loaded.find(({ config }) => config.getUsers().some((entry) => entry.name === user.name));
  refuseUnsupported({ cluster, user, unread: source?.unread.get(user.name), context: name });
  let known: { readonly access: Access; readonly at: number } | undefined;
  const origin = `context "${escapeText(name)}"`;
  const proxy = cluster.proxyUrl ? { proxy: cluster.proxyUrl } : {};
  const credentials: Credentials = {
    server: cluster.server.replace(/\/+$/, ""),
    origin,
    renews: false,
    async access() {
      if (known === undefined || performance.now() - known.at > REFRESH_MS) {
        const own = cluster.server.startsWith("http:") ? ANONYMOUS : await toAccess(config, origin);
        const access = { ...own, ...proxy };
        known = { access, at: performance.now() };
      }
      return known.access;
    },
    rejected() {
      known = undefined;
    },
  };
  await credentials.access();
  return credentials;
}

function load(library: Library, path: string): Loaded {
  const config = new library.KubeConfig();
  try {
    const content = library.loadYaml(Deno.readTextFileSync(path));
    if (typeof content !== "object" || content === null || Array.isArray(content)) {
      throw new TypeError("A kubeconfig is a map.");
    }
    config.loadFromFile(path);
    return { config, unread: unreadSettings(content) };
  } catch (error) {
    throw new CredentialsError(
      `Cannot read the kubeconfig ${path}: ${unreadable(error)}. Check the file or pass --kubeconfig.`,
      { cause: error },
    );
  }
}

/** Why a file is no kubeconfig, without its path: whoever says this has named it. */
function unreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  const said = firstLine(error);
  // The library takes for granted that a map holds lists and maps, and says of nothing that it cannot be loaded.
  const isNone = error instanceof TypeError || /input is empty|^Failed to load YAML$/.test(said);
  return isNone ? "it is empty or no kubeconfig" : said;
}

function merge(library: Library, configs: readonly KubeConfig[]): KubeConfig {
  const merged = new library.KubeConfig();
  merged.loadFromOptions({
    clusters: firstByName(configs.map((config) => config.getClusters())),
    users: firstByName(configs.map((config) => config.getUsers())),
    contexts: firstByName(configs.map((config) => config.getContexts())),
    currentContext: configs.map((config) => config.getCurrentContext()).find((name) => name),
  });
  return merged;
}

function firstByName<Entry extends { name: string }>(lists: readonly (readonly Entry[])[]): Entry[] {
  const byName = new Map<string, Entry>();
  for (const entry of lists.flat()) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

function chooseContext(config: KubeConfig, asked: string | undefined, files: string): string {
  const known = config.getContexts().map(({ name }) => name);
  const name = asked ?? config.getCurrentContext();
  if (!name) {
    throw new CredentialsError(
      `No current context in ${files}. Pass --context (known: ${known.join(", ") || "none"}).`,
    );
  }
  if (!known.includes(name)) {
    throw new CredentialsError(
      `Unknown context "${name}" in ${files}. Known contexts: ${known.join(", ") || "none"}.`,
    );
  }
  config.setCurrentContext(name);
  return name;
}

async function toAccess(config: KubeConfig, origin: string): Promise<Access> {
  const options: Parameters<KubeConfig["applyToHTTPSOptions"]>[0] = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    // The library takes a plugin's word for JSON, and would quote what it printed instead: that may be a secret.
    const reason = error instanceof SyntaxError || error instanceof TypeError
      ? "its plugin printed no credential"
      : firstLine(error) || "its plugin failed without a word";
    throw new CredentialsError(`Cannot get the credentials of ${origin}: ${reason}.`, {
      cause: error,
    });
  }
  const [cert, key] = [toPem(options.cert), toPem(options.key)];
  if ((cert === undefined) !== (key === undefined)) {
    const half = cert ? "certificate without its key" : "key without its certificate";
    throw new CredentialsError(`The user of ${origin} has a client ${half}.`);
  }
  return {
    headers: sendable(
      Object.fromEntries(
        Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      origin,
    ),
    tls: {
      ca: toPem(options.ca),
      client: cert === undefined || key === undefined ? undefined : { cert, key },
    },
  };
}

function toPem(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/[.\s]+$/, "");
}
