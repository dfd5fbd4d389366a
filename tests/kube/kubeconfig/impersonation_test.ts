/** Acting as somebody else: the headers on the wire are those that API servers read. */

import assert from "node:assert/strict";
import { Entry } from "../../../lib/kube/kubeconfig/file.ts";
import { impersonationHeaders } from "../../../lib/kube/kubeconfig/impersonation.ts";
import { KubeconfigFolder, oneContext } from "../../support/kubeconfig_files.ts";
import { LoopbackServer } from "../../support/loopback_server.ts";
import { json } from "../../support/replies.ts";
import { credentialsError, credentialsFrom, getWith } from "../harness.ts";

const headersOf = (settings: Record<string, unknown>) =>
  impersonationHeaders(new Entry('user "dev"', settings, ""), 'context "dev"');

for (
  const [what, settings, headers] of [
    ["nobody", { token: "t" }, {}],
    ["a user", { as: "jane" }, { "impersonate-user": "jane" }],
    ["a uid", { as: "jane", "as-uid": "7" }, { "impersonate-user": "jane", "impersonate-uid": "7" }],
    ["groups, each a header of its own", { as: "jane", "as-groups": ["a", "b, c"] }, {
      "impersonate-user": "jane",
      "impersonate-group": ["a", "b, c"],
    }],
    ["no groups", { as: "jane", "as-groups": [] }, { "impersonate-user": "jane" }],
    ["more about a user, its keys escaped", {
      as: "jane",
      "as-user-extra": { "Example.com/Scopes (all)": ["view", "edit"], plain: ["1"] },
    }, {
      "impersonate-user": "jane",
      "impersonate-extra-example.com%2Fscopes%20%28all%29": ["view", "edit"],
      "impersonate-extra-plain": ["1"],
    }],
  ] as const
) {
  Deno.test(`impersonationHeaders() acts as ${what}`, () => assert.deepEqual(headersOf(settings), headers));
}

for (const settings of [{ "as-uid": "7" }, { "as-groups": ["a"] }, { "as-user-extra": { a: ["b"] } }]) {
  Deno.test(`impersonationHeaders() refuses ${Object.keys(settings)} of nobody`, () => {
    const words =
      /^The user of context "dev" has as-uid, as-groups or as-user-extra, and no as: write whom to act as/;
    assert.throws(() => headersOf(settings), credentialsError(words));
  });
}

Deno.test("Several groups arrive as several headers, and are not joined", async () => {
  using folder = new KubeconfigFolder();
  await using server = await LoopbackServer.start([json({})]);
  const user = { as: "jane", "as-groups": ["a", "b, c"] };
  await getWith(await credentialsFrom(folder, oneContext({ cluster: { server: server.url }, user })));
  const lines = server.requests[0]?.lines.filter((line) => line.startsWith("impersonate")) ?? [];
  assert.deepEqual(lines.toSorted(), [
    "impersonate-group: a",
    "impersonate-group: b, c",
    "impersonate-user: jane",
  ]);
});
