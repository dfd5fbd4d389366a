/** Credential plugins: when one is asked, and when its last answer is good enough. */

import assert from "node:assert/strict";
import { KubeconfigFolder } from "../../support/kubeconfig_files.ts";
import { LoopbackServer } from "../../support/loopback_server.ts";
import { json, refusal } from "../../support/replies.ts";
import { credentialsFrom, getWith } from "../harness.ts";
import { CA, printing, runs, withPlugin } from "./plugin_users.ts";

const future = new Date(Date.now() + 3_600_000).toISOString();

for (
  const [what, status, times] of [
    ["once while its credential is good", { token: "t", expirationTimestamp: future }, 1],
    ["once where its credential does not expire", { token: "t" }, 1],
    ["each time where its credential has expired", {
      token: "t",
      expirationTimestamp: "2020-01-01T00:00:00Z",
    }, 3],
  ] as const
) {
  Deno.test(`pluginIdentity() asks ${what}`, async () => {
    using folder = new KubeconfigFolder();
    const credentials = await credentialsFrom(folder, withPlugin(folder, printing(status)));
    for (let at = 0; at < 3; at++) {
      assert.equal((await credentials.access()).headers.authorization, "Bearer t");
    }
    assert.equal(runs(folder), times);
  });
}

Deno.test("pluginIdentity() asks once for requests that come together", async () => {
  using folder = new KubeconfigFolder();
  const credentials = await credentialsFrom(folder, withPlugin(folder, printing({ token: "t$runs" })));
  const all = await Promise.all(Array.from({ length: 5 }, () => credentials.access()));
  assert.deepEqual(all.map(({ headers }) => headers.authorization), Array(5).fill("Bearer t1"));
  assert.equal(runs(folder), 1);
});

Deno.test("pluginIdentity() asks again after a 401, even where the credential does not expire", async () => {
  using folder = new KubeconfigFolder();
  await using server = await LoopbackServer.start([refusal(401, "Unauthorized"), json({}), json({})], {
    tls: { certificate: "server" },
  });
  const cluster = { ...CA, server: server.url };
  const credentials = await credentialsFrom(
    folder,
    withPlugin(folder, printing({ token: "t$runs" }), { cluster }),
  );
  await getWith(credentials);
  await getWith(credentials);
  const sent = server.requests.map(({ headers }) => headers.get("authorization"));
  assert.deepEqual(sent, ["Bearer t1", "Bearer t2", "Bearer t2"]);
  assert.equal(runs(folder), 2);
});

Deno.test("pluginIdentity() asks once for several requests that are rejected together", async () => {
  using folder = new KubeconfigFolder();
  const credentials = await credentialsFrom(folder, withPlugin(folder, printing({ token: "t$runs" })));
  const access = await credentials.access();
  const again = await Promise.all([1, 2, 3].map(() => {
    credentials.rejected(access);
    return credentials.access();
  }));
  assert.deepEqual(again.map(({ headers }) => headers.authorization), Array(3).fill("Bearer t2"));
});

Deno.test("pluginIdentity() asks a plugin that failed again the next time", async () => {
  using folder = new KubeconfigFolder();
  const script = `[ -e "$0.ready" ] || exit 1\n${printing({ token: "t" })}`;
  const credentials = await credentialsFrom(folder, withPlugin(folder, script));
  await assert.rejects(async () => await credentials.access(), { name: "CredentialsError" });
  folder.write("plugin.ready", "");
  assert.equal((await credentials.access()).headers.authorization, "Bearer t");
});
