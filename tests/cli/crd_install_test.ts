/** `crd install` against a small API server: creates, leaves alone, says what differs, updates, waits, and fails in a sentence. */

import assert from "node:assert/strict";
import { crdInstall } from "../../lib/cli/crd_install.ts";
import { policyCrd } from "../../lib/policy/crd.ts";
import { captured } from "../support/captured.ts";
import { InstantClock } from "../support/instant_clock.ts";
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
  assert.deepEqual(methods, ["GET", "POST", "GET", "GET"]);
  assert.deepEqual(state.crd?.spec, policyCrd().spec);
});

Deno.test("crd install writes nothing when the definition is there and current", async () => {
  const { code, stdout, methods } = await install({ crd: installed() });
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} is already installed and current ${WHERE}\n`);
  assert.deepEqual(methods, ["GET", "GET", "GET"]);
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
  assert.deepEqual(methods, ["GET", "PATCH", "GET", "GET"]);
  assert.deepEqual(state.crd?.spec, policyCrd().spec);
});

Deno.test("crd install --upgrade leaves a current definition alone", async () => {
  const { code, methods } = await install({ crd: installed() }, "--upgrade");
  assert.equal(code, 0);
  assert.deepEqual(methods, ["GET", "GET", "GET"]);
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

const terminating = () => {
  const { metadata, ...crd } = installed();
  return { ...crd, metadata: { ...metadata, deletionTimestamp: "2026-02-22T10:00:00Z" } };
};

Deno.test("crd install waits for a definition that is being deleted to go, and creates it anew", async () => {
  const state: ApiState = { crd: terminating() };
  let reads = 0;
  state.before = (request) => {
    if (request.startsWith("GET") && ++reads === 3) state.crd = undefined;
  };
  const { code, stdout, methods } = await install(state);
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} created ${WHERE}\n`);
  assert.deepEqual(methods, ["GET", "GET", "GET", "POST", "GET", "GET"]);
});

Deno.test("crd install takes a definition that somebody created a moment sooner for installed", async () => {
  const state: ApiState = {};
  state.before = (request) => {
    if (request.startsWith("POST")) state.crd = installed();
  };
  const { code, stdout, stderr } = await install(state);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.equal(stdout, `${NAME} is already installed and current ${WHERE}\n`);
});

for (const [what, crd] of [["a new", undefined], ["a current", installed()]] as const) {
  Deno.test(`crd install waits until the policies of ${what} definition are served`, async () => {
    const state: ApiState = { crd };
    let asked = 0;
    state.before = (request) => {
      if (!request.endsWith("/devopspolicies")) state.refuseAll = 0;
      // As while the storage is being initialized.
      else state.refuseAll = ++asked < 3 ? 429 : 0;
    };
    const { code, stderr } = await install(state);
    assert.deepEqual({ code, stderr, asked }, { code: 0, stderr: "", asked: 3 });
  });
}

Deno.test("crd install waits until a current definition is established", async () => {
  const state: ApiState = { crd: { ...installed(), status: { conditions: [] } } };
  let reads = 0;
  state.before = () => {
    if (++reads === 4) state.crd = installed();
  };
  const { code, methods } = await install(state);
  assert.equal(code, 0);
  assert.deepEqual(methods, Array(5).fill("GET"));
});

for (
  const [what, crd, words] of [
    [
      "a definition that does not go",
      terminating(),
      /is being deleted and was not gone within 30 s: see what/,
    ],
    [
      "a definition that is never established",
      { ...installed(), status: {} },
      /was not served within 30 s: look at its conditions with kubectl describe crd \S+\.$/,
    ],
  ] as const
) {
  Deno.test(`crd install gives up on ${what} after 30 seconds, with exit code 3`, async () => {
    await using server = smallApiServer({ crd });
    using folder = new KubeconfigFolder();
    const kubeconfig = folder.write("config", oneContext({ name: "test", cluster: { server: server.url } }));
    const clock = new InstantClock();
    await assert.rejects(crdInstall({ kubeconfig }, clock), (error: Error) => {
      assert.match(error.message, words);
      assert.equal(Reflect.get(error, "exitCode"), 3);
      return true;
    });
    assert.equal(clock.monotonic(), 30_000);
    assert(server.requests.every((request) => request.startsWith("GET")));
  });
}
