/** Formats: which ways of writing an object are understood, and which are answered in. */

import assert from "node:assert/strict";
import type { Row } from "./row.ts";
import { call, newTeam } from "./team.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** A field of a protobuf message that has a length: a string, or another message. */
function field(number: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  assert.ok(bytes.length < 128);
  return Uint8Array.from([number * 8 + 2, bytes.length, ...bytes]);
}

function message(...fields: Uint8Array[]): Uint8Array {
  return Uint8Array.from(fields.flatMap((bytes) => [...bytes]));
}

export const FORMATS: readonly Row[] = [
  {
    name: "a namespace can be created in protobuf, as kubectl does",
    async run(server) {
      const name = `proto-${crypto.randomUUID().slice(0, 8)}`;
      const type = message(field(1, "v1"), field(2, "Namespace"));
      const namespace = field(1, field(1, name)); // metadata: { name }
      const body = message(new TextEncoder().encode("k8s\0"), field(1, type), field(2, namespace));
      const response = await server.request("POST", "/api/v1/namespaces", body, {
        "content-type": PROTOBUF,
        accept: `${PROTOBUF},application/json`,
      });
      await response.body?.cancel();
      assert.equal(response.status, 201);
      const { metadata } = await call(server, "GET", `/api/v1/namespaces/${name}`);
      assert.equal(metadata.name, name);
    },
  },
  {
    name: "custom objects are answered in JSON to who accepts that beside protobuf",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      const headers = { accept: `${PROTOBUF},application/json` };
      const response = await server.request("GET", team.path("devopspolicies/a"), undefined, headers);
      assert.match(String(response.headers.get("content-type")), /^application\/json\b/);
      assert.deepEqual(await response.json(), created);
    },
  },
  {
    name: "custom objects in protobuf alone, or in a format of no API, are a 406",
    async run(server) {
      const team = await newTeam(server);
      for (const accept of [PROTOBUF, `${PROTOBUF};stream=watch`, "text/html"]) {
        const response = await server.request("GET", team.path("devopspolicies"), undefined, { accept });
        await response.body?.cancel();
        assert.equal(response.status, 406, accept);
      }
    },
  },
  {
    name: "who accepts anything, or says nothing, is answered in JSON",
    async run(server) {
      const team = await newTeam(server);
      const created = await team.policy("a");
      for (const accept of ["*/*", "application/*", "application/json;q=0.9, */*;q=0.1"]) {
        assert.deepEqual(await team.get("devopspolicies/a", { headers: { accept } }), created, accept);
      }
    },
  },
];
