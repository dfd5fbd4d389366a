/** The transport: what it sends, how long it waits, and what becomes of answers that are none. */

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { ConnectionError } from "../../lib/api/errors.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { cutAfter, hangUp, json, redirect, reset, silence, slowHeaders, stream } from "../support/replies.ts";
import { connectionError, get, optionsFor, TestCredentials, testOnWires, until } from "./harness.ts";
import { readerOf, toGet } from "../support/wire.ts";

const never = new AbortController().signal;

testOnWires(
  "Transport sends the credentials' headers and its user agent, and gives the answer",
  (serving) =>
    serving([json({ major: "1" })], async (served) => {
      const response = await get(served, "/version?timeout=1s");
      assert.deepEqual(await response.json(), { major: "1" });
      const [request] = served.server.requests;
      assert.equal(request?.method, "GET");
      assert.equal(request.target, "/version?timeout=1s");
      assert.equal(request.headers.get("authorization"), "Bearer secret-token");
      assert.equal(request.headers.get("user-agent"), "kube-devops/test");
    }),
);

for (const bad of ["CANARY\nx", "CANARY\0", "漢CANARY"]) {
  testOnWires(
    `Transport shows nothing of a token ${JSON.stringify(bad)} that got as far as here`,
    (serving) =>
      serving([], async (served) => {
        served.credentials.token = bad;
        await assert.rejects(get(served), (error: Error) => {
          connectionError("other", /: a header is not valid\.$/)(error);
          assert.doesNotMatch(Deno.inspect(error), /CANARY/);
          return true;
        });
      }),
  );
}

testOnWires(
  "Transport keeps the caller's own headers and body",
  (serving) =>
    serving([json({})], async ({ transport, server, signal }) => {
      const headers = [["content-type", "application/x"]] as const;
      const request = { url: `${transport.server}/x`, method: "PATCH", headers, body: "ä – 漢" };
      await (await transport.fetch(signal)(request)).json();
      assert.equal(server.requests[0]?.method, "PATCH");
      assert.equal(server.requests[0].headers.get("content-type"), "application/x");
      assert.equal(server.requests[0].body, "ä – 漢");
    }),
);

testOnWires(
  "Transport asks the credentials again for each request",
  (serving) =>
    serving([json({}), json({})], async (served) => {
      await (await get(served)).json();
      served.credentials.token = "next";
      await (await get(served)).json();
      const sent = served.server.requests.map(({ headers }) => headers.get("authorization"));
      assert.deepEqual(sent, ["Bearer secret-token", "Bearer next"]);
    }),
);

for (
  const [what, reply] of [["no answer at all", silence], ["headers that do not end", slowHeaders]] as const
) {
  testOnWires(
    `Transport gives up on ${what} after its limit, and leaves no connection behind`,
    (serving) =>
      serving([reply], async (served) => {
        const start = performance.now();
        await assert.rejects(get(served), connectionError("timeout", /no answer within 0\.3 s\.$/));
        const took = performance.now() - start;
        assert(took >= 295 && took < PATIENCE_MS, `${took} ms`);
        await until(() => served.server.open === 0, "the connection is closed");
      }, { headersTimeoutMs: 300 }),
  );
}

testOnWires(
  "Transport limits the wait for headers only: a watch may stay silent for longer",
  (serving) =>
    serving([stream(["first"], "frozen")], async (served) => {
      const response = await get(served);
      const reader = readerOf(response.body!);
      assert.equal(new TextDecoder().decode((await reader.read()).value), "first");
      const next = reader.read().then(() => "more", () => "broken");
      const later = new Promise((resolve) => setTimeout(resolve, 1_200, "still open"));
      assert.equal(await Promise.race([next, later]), "still open");
      served.controller.abort();
      assert.equal(await next, "broken");
    }, { headersTimeoutMs: 1_000 }),
);

testOnWires(
  "Transport passes on the caller's own reason when the caller gives up",
  (serving) =>
    serving([silence], async (served) => {
      const reason = new Error("enough");
      const asked = get(served);
      const rejection = assert.rejects(asked, (error) => error === reason);
      await until(() => served.server.requests.length === 1, "the request arrives");
      served.controller.abort(reason);
      await rejection;
      await until(() => served.server.open === 0, "the connection is closed");
    }),
);

for (const status of [301, 302, 303, 307, 308]) {
  for (const [where, to] of [["to another server", "another"], ["within the server", "own"]] as const) {
    testOnWires(
      `Transport follows no ${status} ${where}, so that no token travels with it`,
      async (serving) => {
        await using canary = await LoopbackServer.start([]);
        const location = to === "own" ? "/elsewhere" : `${canary.url}/steal`;
        await serving([redirect(location, status)], async (served) => {
          await assert.rejects(
            get(served),
            connectionError("redirect", /redirect, which is never followed\.$/),
          );
          assert.deepEqual(served.server.requests.map(({ target }) => target), ["/version"]);
        });
        assert.equal(canary.accepted, 0);
      },
    );
  }
}

for (const [what, reply] of [["hangs up", hangUp], ["resets the connection", reset]] as const) {
  testOnWires(
    `Transport tells that a server ${what} instead of answering`,
    (serving) =>
      serving([reply], async (served) => {
        const expected = connectionError("reset", /: the connection broke\.$/);
        await assert.rejects(get(served), expected);
      }),
  );
}

testOnWires(
  "Transport leaves an answer that breaks off to its reader, as an error and never as an end",
  (serving) =>
    serving([cutAfter(5, { items: [1, 2, 3] })], async (served) => {
      const response = await get(served);
      await assert.rejects(response.text(), connectionError("reset", /: the connection broke\.$/));
    }),
);

testOnWires(
  "Transport tells a refused connection, whatever words the address is made of",
  async (_, wire) => {
    const listener = createServer();
    const port = await new Promise<number>((resolve) =>
      listener.listen(0, "127.0.0.1", () => resolve((listener.address() as { port: number }).port))
    );
    await new Promise((resolve) => listener.close(resolve));
    const credentials = new TestCredentials(`http://127.0.0.1:${port}`);
    const transport = new Transport({ credentials, userAgent: "test", ...optionsFor(wire) });
    for (const path of ["/version", "/api/v1/namespaces/tls-certificates/pods", "/redirect/dns%20error"]) {
      const asked = transport.fetch(never)(toGet(credentials.server + path));
      await assert.rejects(asked, connectionError("refused", /127\.0\.0\.1:\d+: connection refused\.$/));
    }
    transport.close();
  },
);

testOnWires("Transport tells a name that does not resolve", async (_, wire) => {
  const credentials = new TestCredentials("http://no-such-host.invalid");
  const transport = new Transport({ credentials, userAgent: "test", ...optionsFor(wire) });
  const asked = transport.fetch(never)(toGet(credentials.server));
  await assert.rejects(
    asked,
    connectionError("dns", /no-such-host\.invalid: its name cannot be resolved\.$/),
  );
  transport.close();
});

testOnWires(
  "A connection error of the transport keeps its cause",
  (serving) =>
    serving([hangUp], async (served) => {
      const error = await get(served).then(() => undefined, (error) => error);
      assert(error instanceof ConnectionError && error.cause instanceof Error);
    }),
);
