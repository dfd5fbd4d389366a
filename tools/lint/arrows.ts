/** The arrows of the house: which room may import which, for every kind of import there is. */

import { dirname, normalize } from "node:path/posix";

/** Each room and the rooms it may import beside itself; source: the first chapter of the design. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cli"],
  "lib/mod.ts": ["policy", "api"],
  cli: ["operator", "policy", "kube", "sandbox", "api", "deno.json", "crds", "kube-tests"],
  operator: ["runtime", "policy", "metrics", "kube", "api", "deno.json"],
  runtime: ["api"],
  policy: ["api"],
  metrics: ["api"],
  kube: ["api"],
  sandbox: ["api"],
  api: [],
};

/** Packages that a room may import; a room that is not named may import none. `node:` counts as a package. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  cli: ["commander", "yaml", "@logtape/logtape"],
  kube: ["openapi-fetch", "yaml", "node:path"],
  metrics: [
    "prom-client",
    ...["counter", "gauge", "histogram", "registry"].map((part) => `prom-client/lib/${part}.js`),
  ],
  policy: ["typebox", "typebox/format", "typebox/schema"],
  sandbox: [
    "rfc6902",
    "yaml",
    "node:buffer",
    "node:crypto",
    "node:events",
    "node:http",
    "node:https",
    "node:net",
  ],
};

/** The room of a file given by its path below the project's root, or undefined outside the house (tests, tools). */
export function roomOf(path: string): string | undefined {
  if (/^(main\.ts|lib\/[^/]+\.ts|deno\.json)$/.test(path)) return path;
  return /^(?:lib\/([^/]+)|(crds|kube-tests))\//.exec(path)?.slice(1).find((room) => room !== undefined);
}

/** What is wrong with the file at `path` importing `specifier`; undefined when nothing is. */
export function forbiddenImport(path: string, specifier: string): string | undefined {
  const from = roomOf(path);
  if (from === undefined) return undefined;
  if (!specifier.startsWith(".")) {
    if (PACKAGES[from]?.includes(specifier)) return undefined;
    return `${from} may not import the package "${specifier}".`;
  }
  const to = roomOf(normalize(`${dirname(path)}/${specifier}`));
  if (to !== undefined && (to === from || ARROWS[from]?.includes(to))) return undefined;
  return `${from} may not import ${to ?? `"${specifier}", which is outside the house`}.`;
}
