/** `crd install` on a sandbox: creates, leaves alone, says what differs, updates, and fails in a sentence. */

import assert from "node:assert/strict";
import { policyCrd } from "../../lib/policy/crd.ts";
import { altering } from "../support/faults.ts";
import { install, readsDefinition, startReachable } from "./harness.ts";

const NAME = "devopspolicies.devops.stochastic.io";
const WHERE = '(context "test")';

/** Our definition with other names. */
function definitionCalled(names: Readonly<Record<string, unknown>>) {
  const { spec, ...crd } = policyCrd();
  return { ...crd, spec: { ...spec, names: { ...spec.names, ...names } } };
}

/** The spec as a server completes it. */
const COMPLETED = { ...policyCrd().spec, conversion: { strategy: "None" } };

Deno.test("crd install creates the definition and waits until it is established", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  const { code, stdout, stderr, verbs } = await install(server);
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} created ${WHERE}\n`);
  assert.equal(stderr, "");
  assert.deepEqual(verbs, ["get", "create", "get", "list"]);
  assert.deepEqual((await cluster.definition())?.["spec"], COMPLETED);
});

Deno.test("crd install writes nothing when the definition is there and current", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install();
  const { code, stdout, verbs } = await install(server);
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} is already installed and current ${WHERE}\n`);
  assert.deepEqual(verbs, ["get", "get", "list"]);
});

Deno.test("crd install writes nothing when the definition differs, but says where and what to do", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install(definitionCalled({ shortNames: [], singular: "policy" }));
  const { code, stdout, stderr, verbs } = await install(server);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `${NAME} is already installed but differs in spec.names.singular, spec.names.shortNames ${WHERE}\n`,
  );
  assert.equal(stderr, "Run `kube-devops crd install --upgrade` to update it.\n");
  assert.deepEqual(verbs, ["get"]);
});

Deno.test("crd install names three differences at most", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install(definitionCalled({ kind: "A", listKind: "B", singular: "c", categories: [] }));
  const { stdout } = await install(server);
  assert.equal(
    stdout,
    `${NAME} is already installed but differs in spec.names.kind, spec.names.listKind, spec.names.singular and 1 more ${WHERE}\n`,
  );
});

Deno.test("crd install --upgrade updates a definition that differs", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install(definitionCalled({ shortNames: ["old"] }));
  const { code, stdout, verbs } = await install(server, "--upgrade");
  assert.equal(code, 0);
  assert.equal(stdout, `${NAME} updated in spec.names.shortNames[0] ${WHERE}\n`);
  assert.deepEqual(verbs, ["get", "patch", "get", "list"]);
  assert.deepEqual((await cluster.definition())?.["spec"], COMPLETED);
});

Deno.test("crd install --upgrade leaves a current definition alone", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install();
  const { code, verbs } = await install(server, "--upgrade");
  assert.equal(code, 0);
  assert.deepEqual(verbs, ["get", "get", "list"]);
});

Deno.test("crd install says why the cluster does not accept its names", async () => {
  await using server = await startReachable();
  const { cluster } = server;
  await cluster.install(definitionCalled({ singular: "x" }));
  // A sandbox takes any name: a server that has given it away before.
  const condition = { type: "NamesAccepted", status: "False", message: "dop is taken" };
  cluster.fault = altering(readsDefinition, (crd) => ({ ...crd, status: { conditions: [condition] } }));
  const { code, stdout, stderr } = await install(server, "--upgrade");
  assert.equal(code, 3);
  assert.equal(stdout, "");
  assert.equal(stderr, `error: The cluster does not accept the names of ${NAME}: dop is taken.\n`);
});

Deno.test("crd install ends with exit code 3 and one sentence when the credentials are rejected", async () => {
  await using server = await startReachable({ asProxy: false });
  const { code, stdout, stderr } = await install(server);
  assert.equal(code, 3);
  assert.equal(stdout, "");
  assert.match(stderr, /^error: Cannot install [^\n]+ rejects the credentials of context "test"\. [^\n]+\n$/);
  assert(!stderr.includes("test-token"));
});
