/** `crd install` against a small API server: creates, leaves alone, says what differs, updates, and fails in a sentence. */

import assert from "node:assert/strict";
import { policyCrd } from "../../lib/policy/crd.ts";
import { captured } from "../support/captured.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { type ApiState, smallApiServer } from "../support/small_api_server.ts";

const NAME = "devopspolicies.devops.stochastic.io";
const WHERE = '(context "test")';

/** The definition as a server has it, with other names. */
function installed(names: Record<string, unknown> = {}) {
  const { metadata, spec, ...crd } = policyCrd();
  return {
    ...crd,
    metadata: { ...metadata, resourceVersion: "7" },
    spec: { ...spec, names: { ...spec.names, ...names } },
    status: { conditions: [{ type: "Established", status: "True" }] },
  };
}

async function install(state: ApiState, ...flags: string[]) {
  await using server = smallApiServer(state);
  using folder = new KubeconfigFolder();
  const file = folder.write("config", oneContext({ name: "test", cluster: { server: server.url } }));
  const ended = await captured("crd", "install", "--kubeconfig", file, ...flags);
  return { ...ended, state, methods: server.requests.map((request) => request.split(" ")[0]) };
}

Deno.test("crd install creates the definition and waits until it is established", async () => {
  const { code, stdout, stderr, state, methods } = await install({});
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} created ${WHERE}\n`);
  assert.equal(stderr, "");
  assert.deepEqual(methods, ["GET", "POST", "GET"]);
  assert.deepEqual(state.crd?.spec, policyCrd().spec);
});

Deno.test("crd install writes nothing when the definition is there and current", async () => {
  const { code, stdout, methods } = await install({ crd: installed() });
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} is already installed and current ${WHERE}\n`);
  assert.deepEqual(methods, ["GET"]);
});

Deno.test("crd install writes nothing when the definition differs, but says where and what to do", async () => {
  const crd = installed({ shortNames: [], singular: "policy" });
  const { code, stdout, stderr, methods } = await install({ crd });
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `${NAME} is already installed but differs in spec.names.singular, spec.names.shortNames ${WHERE}\n`,
  );
  assert.equal(stderr, "Run `kube-devops crd install --upgrade` to update it.\n");
  assert.deepEqual(methods, ["GET"]);
});

Deno.test("crd install names three differences at most", async () => {
  const crd = installed({ kind: "", listKind: "", plural: "", singular: "" });
  const { stdout } = await install({ crd });
  assert.equal(
    stdout,
    `${NAME} is already installed but differs in spec.names.kind, spec.names.listKind, spec.names.plural and 1 more ${WHERE}\n`,
  );
});

Deno.test("crd install --upgrade updates a definition that differs", async () => {
  const crd = installed({ shortNames: ["old"] });
  const { code, stdout, state, methods } = await install({ crd }, "--upgrade");
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} updated in spec.names.shortNames[0] ${WHERE}\n`);
  assert.deepEqual(methods, ["GET", "PATCH", "GET"]);
  assert.deepEqual(state.crd?.spec, policyCrd().spec);
});

Deno.test("crd install --upgrade leaves a current definition alone", async () => {
  const { code, methods } = await install({ crd: installed() }, "--upgrade");
  assert.equal(code, 0);
  assert.deepEqual(methods, ["GET"]);
});

Deno.test("crd install says why the cluster does not accept its names", async () => {
  const condition = { type: "NamesAccepted", status: "False", message: "dop is taken" };
  const crd = { ...installed({ singular: "x" }), status: { conditions: [condition] } };
  const { code, stdout, stderr } = await install({ crd }, "--upgrade");
  assert.equal(code, 3);
  assert.equal(stdout, "");
  assert.equal(stderr, `error: The cluster does not accept the names of ${NAME}: dop is taken.\n`);
});

Deno.test("crd install ends with exit code 3 and one sentence when the credentials are rejected", async () => {
  const { code, stdout, stderr } = await install({ refuseAll: 401 });
  assert.equal(code, 3);
  assert.equal(stdout, "");
  assert.match(stderr, /^error: Cannot install [^\n]+ rejects the credentials of context "test"\. [^\n]+\n$/);
  assert(!stderr.includes("test-token"));
});
