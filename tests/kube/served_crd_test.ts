/** The definition as anybody may see it: put together from discovery, a table and the OpenAPI document. */

import assert from "node:assert/strict";
import { readServedCrd } from "../../lib/kube/served_crd.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { json, loginPage, refusal, text } from "../support/replies.ts";
import { serving } from "./harness.ts";

const PATH = "/apis/devops.stochastic.io/v1";
const RESOURCE = {
  name: "devopspolicies",
  singularName: "devopspolicy",
  namespaced: true,
  kind: "DevOpsPolicy",
  verbs: ["list"],
};
const SCHEMA = { type: "object", description: "ours" };
const discovery = (...resources: readonly object[]) =>
  json({ kind: "APIResourceList", resources: [{ ...RESOURCE, name: "others" }, ...resources] });
const table = json({
  kind: "Table",
  columnDefinitions: [
    { name: "Name", type: "string", format: "name", priority: 0 },
    { name: "Score", type: "integer", format: "", priority: 1 },
  ],
});
const openApi = json({
  components: { schemas: { "io.stochastic.devops.v1.DevOpsPolicy": SCHEMA, Other: {} } },
});
const pageNotFound = text("404 page not found\n", { status: 404, headers: { "content-type": "text/plain" } });

/** What is read by `script`, and what was asked for it. */
async function read(script: readonly Reply[], namespace?: string) {
  let result: Awaited<ReturnType<typeof readServedCrd>>;
  let asked: string[] = [];
  await serving(script, async ({ server, transport, signal }) => {
    result = await readServedCrd(transport, { clock: new InstantClock(), namespace }, signal);
    asked = server.requests.map(({ method, target, headers }) =>
      `${method} ${target} ${headers.get("accept")}`
    );
  });
  return { crd: result, asked };
}

Deno.test("readServedCrd() puts the definition together, in its own words", async () => {
  const shown = { ...RESOURCE, shortNames: ["dop"], categories: ["devops"] };
  const script = [discovery(shown, { ...RESOURCE, name: "devopspolicies/status" }), table, openApi];
  const { crd, asked } = await read(script);
  assert.deepEqual(crd, {
    spec: {
      scope: "Namespaced",
      names: {
        kind: "DevOpsPolicy",
        plural: "devopspolicies",
        singular: "devopspolicy",
        shortNames: ["dop"],
        categories: ["devops"],
      },
      versions: [{
        name: "v1",
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: "Score", type: "integer", format: "", priority: 1 }],
        schema: { openAPIV3Schema: SCHEMA },
      }],
    },
  });
  assert.deepEqual(asked, [
    `GET ${PATH} application/json`,
    `GET ${PATH}/devopspolicies?limit=1 application/json;as=Table;g=meta.k8s.io;v=v1`,
    `GET /openapi/v3${PATH} application/json`,
  ]);
});

Deno.test("readServedCrd() looks at the table of the namespace that it is given", async () => {
  const { asked } = await read([discovery(RESOURCE), table, openApi], "team");
  assert.match(
    asked[1]!,
    /^GET \/apis\/devops\.stochastic\.io\/v1\/namespaces\/team\/devopspolicies\?limit=1 /,
  );
});

Deno.test("readServedCrd() says what is not there, and leaves open what may not be seen", async () => {
  const { crd } = await read([
    discovery({ ...RESOURCE, namespaced: false }),
    refusal(403, "Forbidden"),
    pageNotFound,
  ]);
  assert.equal(crd?.spec.scope, "Cluster");
  assert.deepEqual([crd?.spec.names.shortNames, crd?.spec.names.categories], [[], []]);
  assert.deepEqual(crd?.spec.versions, [{
    name: "v1",
    subresources: {},
    additionalPrinterColumns: undefined,
    schema: undefined,
  }]);
});

for (
  const [what, reply] of [
    ["the group is not known", pageNotFound],
    ["the group has other resources only", discovery()],
    ["the group is empty", json({ kind: "APIResourceList" })],
  ] as const
) {
  Deno.test(`readServedCrd() gives undefined when ${what}`, async () => {
    assert.equal((await read([reply])).crd, undefined);
  });
}

Deno.test("readServedCrd() does not take being forbidden, or a login page, for there being none", async () => {
  await assert.rejects(read([refusal(403, "Forbidden")]), { name: "ApiError", code: 403 });
  await assert.rejects(read(Array(4).fill(loginPage)), /ConnectionError: .* a login page in front of it\?$/);
});
