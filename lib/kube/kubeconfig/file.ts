/** One kubeconfig file: its entries as they are written, each with the folder that its relative paths start from. */

import { dirname, isAbsolute, join } from "node:path";
import { parseDocument } from "yaml";
import { CredentialsError } from "../../api/errors.ts";
import { fileProblem } from "../changing_file.ts";

/** The settings of a cluster, user or context, or of a part of one. */
export class Entry {
  constructor(
    /** As a person would say it: `user "dev"`. */
    readonly label: string,
    readonly settings: Readonly<Record<string, unknown>>,
    readonly folder: string,
  ) {}

  /**
   * A setting that is a text; undefined when it is empty or not there. A number or a yes-or-no is taken for its text, as
   * kubectl does.
   *
   * @throws {CredentialsError} when it is a list, a map, or a number whose digits YAML does not keep
   */
  text(setting: string): string | undefined {
    const value = this.settings[setting];
    if (value === undefined || value === null || value === "") return undefined;
    const isKept = typeof value === "number" ? Number.isSafeInteger(value) : typeof value !== "object";
    if (isKept) return String(value);
    throw new CredentialsError(
      `The ${setting} of ${this.label} is no text: write it in quotes, on one line.`,
    );
  }

  /** A setting that is a path, which starts from the kubeconfig's own folder if it is relative. */
  path(setting: string): string | undefined {
    const path = this.text(setting);
    return path === undefined || isAbsolute(path) ? path : join(this.folder, path);
  }

  /** Whether a setting is on: anything but none and no. */
  isOn(setting: string): boolean {
    return ![undefined, "false"].includes(this.text(setting));
  }

  /** A setting that is a map of further ones; undefined when it is not there. */
  part(setting: string): Entry | undefined {
    const value = this.settings[setting];
    return isMap(value) ? new Entry(this.label, value, this.folder) : undefined;
  }

  /** A setting that is a list. */
  list(setting: string): readonly unknown[] {
    const value = this.settings[setting];
    return Array.isArray(value) ? value : [];
  }
}

/** What a file holds; of several entries of one name the first counts. */
export interface KubeconfigFile {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
}

/**
 * Reads the file at `path`; one without any content is undefined.
 *
 * @throws {CredentialsError} in one sentence, which quotes nothing of the file: it holds secrets
 */
export async function readKubeconfig(path: string): Promise<KubeconfigFile | undefined> {
  const cannot = (problem: string, cause?: unknown) =>
    new CredentialsError(
      `Cannot read the kubeconfig ${path}: ${problem}. Check the file or pass --kubeconfig.`,
      { cause },
    );
  const text = await Deno.readTextFile(path).catch((error) => {
    throw cannot(fileProblem(error), error);
  });
  const content = parse(text, cannot);
  if (content === null) return undefined;
  if (!isMap(content)) throw cannot("it is no kubeconfig");
  const folder = dirname(path);
  const entries = (plural: string, kind: string) => {
    const list = content[plural] ?? [];
    if (!Array.isArray(list)) throw cannot(`its ${plural} are no list`);
    const byName = new Map<string, Entry>();
    for (const { name, [kind]: settings } of list.filter(isMap)) {
      if (byName.has(String(name))) continue;
      byName.set(String(name), new Entry(`${kind} "${name}"`, isMap(settings) ? settings : {}, folder));
    }
    return byName;
  };
  return {
    currentContext: new Entry(path, content, folder).text("current-context"),
    clusters: entries("clusters", "cluster"),
    users: entries("users", "user"),
    contexts: entries("contexts", "context"),
  };
}

/** What the YAML (or JSON) says; null for none at all. The library's own messages quote the file. */
function parse(text: string, cannot: (problem: string) => CredentialsError): unknown {
  try {
    // `<<` means what it means to kubectl, and warnings would quote the file on stderr.
    const document = parseDocument(text, { merge: true, logLevel: "error" });
    const [error] = document.errors;
    if (error === undefined) return document.toJS() ?? null;
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw cannot(`it is not valid YAML in line ${line}, column ${col}`);
  } catch (error) {
    // What the library says of an alias: there are too many of it, or it stands for nothing.
    throw error instanceof ReferenceError ? cannot("its YAML has an alias too many") : error;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
