/** The protocol of credential plugins: what they are told, what they may answer, and what is none. */

import assert from "node:assert/strict";
import { execInfo, parseExecCredential, PluginError } from "../../../lib/kube/kubeconfig/exec_credential.ts";

const V1 = "client.authentication.k8s.io/v1";
const parse = (status: unknown, rest: object = {}) =>
  parseExecCredential(JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status, ...rest }), V1);

Deno.test("execInfo() tells what kubectl tells", () => {
  const told = execInfo({
    apiVersion: V1,
    interactive: false,
    cluster: { server: "https://a", config: { b: 1 } },
  });
  assert.deepEqual(JSON.parse(told), {
    apiVersion: V1,
    kind: "ExecCredential",
    spec: { cluster: { server: "https://a", config: { b: 1 } }, interactive: false },
  });
  const without = JSON.parse(execInfo({ apiVersion: V1, interactive: true, cluster: undefined }));
  assert.deepEqual(without.spec, { interactive: true });
});

for (
  const [what, status, identity, expiresAt] of [
    ["a token", { token: "t" }, { authorization: "Bearer t" }, Infinity],
    [
      "a token that expires",
      { token: "t", expirationTimestamp: "2026-02-22T10:00:00Z" },
      { authorization: "Bearer t" },
      Date.UTC(2026, 1, 22, 10),
    ],
    [
      "a token whose expiry is null",
      { token: "t", expirationTimestamp: null },
      { authorization: "Bearer t" },
      Infinity,
    ],
    [
      "a certificate",
      { clientCertificateData: "c", clientKeyData: "k" },
      { client: { cert: "c", key: "k" } },
      Infinity,
    ],
    [
      "both",
      { token: "t", clientCertificateData: "c", clientKeyData: "k" },
      { authorization: "Bearer t", client: { cert: "c", key: "k" } },
      Infinity,
    ],
  ] as const
) {
  Deno.test(`parseExecCredential() takes ${what}`, () => {
    assert.deepEqual(parse(status), { identity, expiresAt });
  });
}

Deno.test("parseExecCredential() takes an answer that does not say its version", () => {
  const { identity } = parse({ token: "t" }, { apiVersion: undefined, kind: undefined });
  assert.deepEqual(identity, { authorization: "Bearer t" });
});

const NO_JSON = "printed no credential, but something that is no JSON";

for (
  const [what, read, words] of [
    ["text", () => parseExecCredential("hunter2", V1), NO_JSON],
    ["nothing", () => parseExecCredential("", V1), NO_JSON],
    ["JSON of a text", () => parseExecCredential('"hunter2"', V1), "printed no credential"],
    ["null", () => parseExecCredential("null", V1), "printed no credential"],
    ["no status", () => parse(undefined), "printed no credential"],
    ["an empty token", () => parse({ token: "" }), "printed no credential"],
    ["a token that is no text", () => parse({ token: ["hunter2"] }), "printed no credential"],
    [
      "a key without its certificate",
      () => parse({ token: "t", clientKeyData: "hunter2" }),
      "printed half of a client certificate and its key",
    ],
    [
      "an expiry that is no time",
      () => parse({ token: "t", expirationTimestamp: "hunter2" }),
      "printed an expirationTimestamp that is no time",
    ],
    [
      "another version",
      () => parse({ token: "t" }, { apiVersion: "client.authentication.k8s.io/v1beta1" }),
      "answered in another version than client.authentication.k8s.io/v1",
    ],
  ] as const
) {
  Deno.test(`parseExecCredential() refuses ${what}, and quotes none of it`, () => {
    assert.throws(read, (error: unknown) => {
      assert(error instanceof PluginError);
      assert.equal(error.message, words);
      assert.doesNotMatch(Deno.inspect(error), /hunter2/);
      return true;
    });
  });
}
