/** Writes every generated file: `deno task generate`; or, with `--check`, fails if one is not what it should be. */

import { parseArgs } from "node:util";
import project from "../deno.json" with { type: "json" };
import { GRANTS } from "../lib/cli/grants.ts";
import { ELECTION_ROLE, electionPermissions, PERMISSIONS } from "../lib/operator/permissions.ts";
import { CHECKS } from "../lib/policy/checks/mod.ts";
import { apiTypes } from "./generate/api_types.ts";
import { rulesTemplate, withVersions } from "./generate/chart.ts";
import { checksTable } from "./generate/checks_table.ts";
import { crdYaml } from "./generate/crd_yaml.ts";
import { type Decision, decisionsIndex } from "./generate/decisions.ts";
import { openApiFromServer } from "./generate/from_server.ts";
import { grantsPage } from "./generate/grants.ts";
import { installYaml, withImage, withLabel } from "./generate/install.ts";
import { replaceBetweenMarks } from "./generate/markdown.ts";
import { rightsTable, roleYaml } from "./generate/rights.ts";

const ROOT = new URL("../", import.meta.url);
const OPENAPI = "lib/kube/generated/openapi.json";
const DEPLOYMENT = "deploy/base/deployment.yaml";
const CHART = "deploy/chart/Chart.yaml";
const DECISIONS = "docs/decisions";
const INDEX = "README.md";

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
  "deploy/base/clusterrole.yaml": roleYaml("ClusterRole", PERMISSIONS),
  [DEPLOYMENT]: withImage(await read(DEPLOYMENT), project.version),
  "deploy/namespaced/team/role.yaml": roleYaml("Role", PERMISSIONS),
  "deploy/components/high-availability/rights/role.yaml": roleYaml(
    "Role",
    electionPermissions(),
    ELECTION_ROLE,
  ),
  [CHART]: withVersions(await read(CHART), project.version),
  "deploy/chart/crds/devopspolicies.yaml": crdYaml(),
  "deploy/chart/templates/_rules.tpl": rulesTemplate(PERMISSIONS),
  [`${DECISIONS}/${INDEX}`]: decisionsIndex(await readDecisions()),
  "docs/permissions.md": grantsPage(GRANTS),
  Dockerfile: withLabel(await read("Dockerfile"), project.version),
  "README.md": readme(await read("README.md")),
};
files["deploy/install.yaml"] = await installYaml(
  "deploy/base",
  async (path) => files[path] ?? await read(path),
);

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

function readme(text: string): string {
  const withChecks = replaceBetweenMarks(text, "checks", checksTable(CHECKS));
  const withRights = replaceBetweenMarks(withChecks, "rights", rightsTable(PERMISSIONS));
  return replaceBetweenMarks(withRights, "election-rights", rightsTable(electionPermissions()));
}

async function readDecisions(): Promise<Decision[]> {
  const entries = await Array.fromAsync(Deno.readDir(new URL(DECISIONS, ROOT)));
  const names = entries.map(({ name }) => name).filter((name) => name !== INDEX);
  return await Promise.all(names.map(async (name) => ({ name, text: await read(`${DECISIONS}/${name}`) })));
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
