/** The transport over TLS: whom it trusts, who it says it is, and what it says when either fails. */

import assert from "node:assert/strict";
import { certificate, certificateOfVersion1 } from "../support/certificates/mod.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { cutAfter, hangUp, json } from "../support/replies.ts";
import {
  connectionError,
  credentialsError,
  get,
  optionsFor,
  TestCredentials,
  testOnWires,
  type WireName,
} from "./harness.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { toGet } from "../support/wire.ts";

const never = new AbortController().signal;
const OURS = certificate("ca").cert;
const STRANGER = certificate("stranger-ca").cert;

/** What a request to a server with that certificate is refused with, before anything of it is sent. */
async function refused(
  wire: WireName,
  { server: name, ca, clients }: {
    server: "server" | "expired" | "other-name";
    ca: string | undefined;
    clients?: boolean;
  },
  expected: (error: unknown) => true,
): Promise<void> {
  await using server = await LoopbackServer.start([], {
    tls: { certificate: name, clients: clients ?? false },
  });
  const credentials = new TestCredentials(server.url);
  credentials.tls = { ca, client: undefined };
  const transport = new Transport({ credentials, userAgent: "test", ...optionsFor(wire) });
  await assert.rejects(transport.fetch(never)(toGet(server.url)), expected);
  transport.close();
  assert.deepEqual(server.requests, []);
}

testOnWires(
  "Transport accepts a server whose certificate the given CA has signed",
  (serving) =>
    serving([json({ ok: 1 })], async (served) => {
      assert.deepEqual(await (await get(served)).json(), { ok: 1 });
    }, { tls: { certificate: "server" } }),
);

testOnWires(
  "Transport takes a CA file of several certificates",
  (serving) =>
    serving([json({})], async (served) => {
      served.credentials.tls = { ca: `# ours is the second\n${STRANGER}\n${OURS}`, client: undefined };
      await (await get(served)).json();
    }, { tls: { certificate: "server" } }),
);

for (
  const [why, server, ca, words] of [
    [
      "a CA that is not the given one",
      "server",
      STRANGER,
      /certificate is signed by an unknown authority\.$/,
    ],
    ["a CA that the system does not know", "server", undefined, /is signed by an unknown authority\.$/],
    ["an expired certificate", "expired", OURS, /certificate has expired or is not valid yet\.$/],
    ["a certificate for another name", "other-name", OURS, /certificate is for another name\.$/],
  ] as const
) {
  testOnWires(
    `Transport refuses ${why} and says so`,
    (_, wire) => refused(wire, { server, ca }, connectionError("tls", words)),
  );
}

testOnWires(
  "Transport tells that a server wants a client certificate",
  (_, wire) =>
    refused(
      wire,
      { server: "server", ca: OURS, clients: true },
      connectionError("tls", /the TLS handshake failed\.$/),
    ),
);

testOnWires("Transport tells that a server at an https address speaks plain HTTP", async (_, wire) => {
  await using server = await LoopbackServer.start([]);
  const credentials = new TestCredentials(server.url.replace("http:", "https:"));
  const transport = new Transport({
    credentials,
    userAgent: "test",
    headersTimeoutMs: 100,
    ...optionsFor(wire),
  });
  // The handshake holds no end of a header, so the server waits: our own timer ends it.
  await assert.rejects(
    transport.fetch(never)(toGet(credentials.server)),
    connectionError("timeout", /0\.1 s/),
  );
  transport.close();
});

testOnWires(
  "Transport does not hold the end of a TLS connection to be a matter of certificates",
  async (serving) => {
    await serving([hangUp], async (served) => {
      await assert.rejects(get(served), connectionError("reset", /: the connection broke\.$/));
    }, { tls: { certificate: "server" } });
    await serving([cutAfter(3, { items: [] })], async (served) => {
      await assert.rejects((await get(served)).text(), connectionError("reset", /: the connection broke\.$/));
    }, { tls: { certificate: "server" } });
  },
);

for (const name of ["client-ec", "client-rsa"] as const) {
  testOnWires(
    `Transport shows a server its ${name} certificate`,
    (serving) =>
      serving([json({ ok: 1 })], async (served) => {
        served.credentials.tls = { ca: OURS, client: certificate(name) };
        assert.deepEqual(await (await get(served)).json(), { ok: 1 });
      }, { tls: { certificate: "server", clients: true } }),
  );
}

const ec = certificate("client-ec");
for (
  const [why, tls] of [
    ["a CA without a certificate, which would be no CA at all", {
      ca: "-----BEGIN NOTHING-----",
      client: undefined,
    }],
    ["an empty CA", { ca: "", client: undefined }],
    ["a CA whose certificate is garbage", {
      ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      client: undefined,
    }],
    ["a CA that is cut off", { ca: OURS.slice(0, 200), client: undefined }],
    ["a client certificate that is none", { ca: OURS, client: { cert: "garbage", key: ec.key } }],
    ["a client key that is none", { ca: OURS, client: { cert: ec.cert, key: "garbage" } }],
    ["a client certificate of X.509 version 1", {
      ca: OURS,
      client: { cert: certificateOfVersion1(), key: ec.key },
    }],
    ["a client key of another certificate", { ca: OURS, client: { ...ec, key: certificate("server").key } }],
  ] as const
) {
  testOnWires(`Transport refuses ${why} before it connects`, (serving) =>
    serving([], async (served) => {
      served.credentials.tls = tls;
      await assert.rejects(get(served), credentialsError(/[Cc]heck certificate-authority/));
      assert.equal(served.server.accepted, 0);
    }, { tls: { certificate: "server" } }));
}

testOnWires(
  "Transport makes new connections when the CA changes, and only then",
  (serving) =>
    serving([json({}), json({})], async (served) => {
      served.credentials.tls = { ca: STRANGER, client: undefined };
      await assert.rejects(get(served), connectionError("tls", /unknown authority/));
      served.credentials.tls = { ca: OURS, client: undefined };
      await (await get(served)).json();
      served.credentials.tls = { ca: `${OURS}`, client: undefined };
      await (await get(served)).json();
      const [first, second] = served.server.requests.map(({ connection }) => connection);
      assert.equal(first, second);
    }, { tls: { certificate: "server" } }),
);

testOnWires(
  "Transport makes new connections when the client certificate or its key changes",
  (serving) =>
    serving([json({}), json({}), json({})], async (served) => {
      for (const client of [certificate("client-ec"), certificate("client-rsa")]) {
        served.credentials.tls = { ca: OURS, client };
        await (await get(served)).json();
      }
      served.credentials.tls = { ca: OURS, client: { ...certificate("client-rsa"), key: ec.key } };
      await assert.rejects(get(served), credentialsError(/the client key is of another certificate\./));
      served.credentials.tls = { ca: OURS, client: undefined };
      await assert.rejects(get(served), connectionError("tls", /handshake/));
      served.credentials.tls = { ca: OURS, client: ec };
      await (await get(served)).json();
      const used = served.server.requests.map(({ connection }) => connection);
      assert.equal(new Set(used).size, 3);
    }, { tls: { certificate: "server", clients: true } }),
);
