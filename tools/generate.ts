/** Writes every generated file: `deno task generate`; or, with `--check`, fails if one is not what it should be. */

import { parseArgs } from "node:util";
import { CHECKS } from "../lib/policy/checks/mod.ts";
import { apiTypes } from "./generate/api_types.ts";
import { checksTable, replaceBetweenMarks } from "./generate/checks_table.ts";
import { crdYaml } from "./generate/crd_yaml.ts";
import { openApiFromServer } from "./generate/from_server.ts";

const ROOT = new URL("../", import.meta.url);
const OPENAPI = "lib/kube/generated/openapi.json";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    "from-server": { type: "boolean", default: false },
  },
});

const openApi = options["from-server"] ? await openApiFromServer() : JSON.parse(await read(OPENAPI));

/** Each file by its path, and what it should hold. */
const files: Record<string, string> = {
  "crds/devopspolicies.yaml": crdYaml(),
  [OPENAPI]: JSON.stringify(openApi, null, 2) + "\n",
  "lib/kube/generated/api.ts": await apiTypes(openApi),
  "README.md": replaceBetweenMarks(await read("README.md"), "checks", checksTable(CHECKS)),
};

const stale: string[] = [];
for (const [path, content] of Object.entries(files)) {
  if (await read(path) === content) continue;
  stale.push(path);
  if (!options.check) await Deno.writeTextFile(new URL(path, ROOT), content);
}
if (options.check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(", ")}. Run \`deno task generate\` and commit the result.`);
  Deno.exit(1);
}
console.error(stale.length === 0 ? "Generated files are up to date." : `Wrote ${stale.join(", ")}.`);

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
