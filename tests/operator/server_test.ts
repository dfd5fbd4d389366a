/** The server: what each path answers, and what is said when its address cannot be had. */

import assert from "node:assert/strict";
import { createHandler, listen, ListenError } from "../../lib/operator/server.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { patiently } from "../support/patience.ts";
import { startOperator } from "../support/running_operator.ts";

function handler(missing: readonly string[] = [], stuck?: string) {
  const metrics = {
    contentType: "text/plain; version=0.0.4; charset=utf-8",
    async *pieces() {
      yield* ["up", " 1\n"];
    },
  };
  return createHandler({ stuck: () => stuck, missing: () => missing, metrics, clock: new ManualClock() });
}

/** `status`, type and body of the answer to `path`. */
async function answer(
  path: string,
  { missing, method = "GET" }: { missing?: string[]; method?: string } = {},
) {
  const response = await handler(missing)(new Request(`http://localhost:9090${path}`, { method }));
  return [response.status, response.headers.get("content-type"), await response.text()];
}

const TEXT = "text/plain; charset=utf-8";

for (
  const [path, missing, expected] of [
    ["/healthz", [], [200, TEXT, "ok\n"]],
    ["/healthz", ["pods"], [200, TEXT, "ok\n"]],
    ["/healthz?verbose=1", [], [200, TEXT, "ok\n"]],
    ["/readyz", [], [200, TEXT, "ok\n"]],
    ["/readyz", ["pods"], [503, TEXT, "waiting for pods\n"]],
    ["/readyz", ["devopspolicies", "pods"], [503, TEXT, "waiting for devopspolicies and pods\n"]],
    ["/metrics", [], [200, "text/plain; version=0.0.4; charset=utf-8", "up 1\n"]],
    ["/metrics", ["pods"], [200, "text/plain; version=0.0.4; charset=utf-8", "up 1\n"]],
    ["/", [], [404, TEXT, "not found: try /healthz, /readyz or /metrics\n"]],
    ["/metrics/", [], [404, TEXT, "not found: try /healthz, /readyz or /metrics\n"]],
    ["//metrics", [], [404, TEXT, "not found: try /healthz, /readyz or /metrics\n"]],
    ["/constructor", [], [404, TEXT, "not found: try /healthz, /readyz or /metrics\n"]],
  ] as const
) {
  Deno.test(`createHandler() answers ${path} with ${expected[0]} when ${missing.join(" and ") || "nothing"} is missing`, async () => {
    assert.deepEqual(await answer(path, { missing: [...missing] }), expected);
  });
}

for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
  Deno.test(`createHandler() refuses ${method} and says what it takes`, async () => {
    const response = await handler()(new Request("http://localhost/metrics", { method }));
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
  });
}

Deno.test("createHandler() says at /healthz what is stuck, whatever is missing, and at /readyz nothing of it", async () => {
  for (const missing of [[], ["pods"]]) {
    const handle = handler(missing, "the reconcile of team/strict has been under way for 301 s");
    const health = await handle(new Request("http://localhost/healthz"));
    assert.equal(health.status, 503);
    assert.equal(await health.text(), "stuck: the reconcile of team/strict has been under way for 301 s\n");
    const ready = await handle(new Request("http://localhost/readyz"));
    assert.equal(ready.status, missing.length === 0 ? 200 : 503);
    assert(!(await ready.text()).includes("stuck"));
  }
});

Deno.test("createHandler() asks anew at each request what is missing", async () => {
  const missing = ["pods"];
  const handle = handler(missing);
  const ready = async () => (await handle(new Request("http://localhost/readyz"))).status;
  assert.equal(await ready(), 503);
  missing.pop();
  assert.equal(await ready(), 200);
});

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

Deno.test("listen() serves until it is disposed of, and answers HEAD with headers alone", async () => {
  let url = "";
  {
    await using server = listen(LOOPBACK, handler());
    url = `http://${server.address}/metrics`;
    assert.match(server.address, /^127\.0\.0\.1:[1-9]\d*$/);
    assert.equal(await (await fetch(url)).text(), "up 1\n");
    const head = await fetch(url, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get("content-length"), "5");
    assert.equal(await head.text(), "");
  }
  await assert.rejects(fetch(url), TypeError);
});

/** What a server at that address answers to the very bytes of a request, which it is asked to close after. */
async function answerTo(address: string, request: string): Promise<string> {
  using connection = await Deno.connect({ ...LOOPBACK, port: Number(address.split(":").at(-1)) });
  await connection.write(new TextEncoder().encode(`${request}connection: close\r\n\r\n`));
  return await new Response(connection.readable).text();
}

for (const host of ["[x", "a b", "a:b:c", "%", "a:99999"]) {
  Deno.test(`listen() answers a Host of ${host} with 400, and nothing on stderr`, async () => {
    await using server = listen(LOOPBACK, handler());
    const answer = await answerTo(server.address, `GET /healthz HTTP/1.1\r\nhost: ${host}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.equal(await (await fetch(`http://${server.address}/healthz`)).text(), "ok\n");
  });
}

Deno.test("listen() answers 500 without a stack when the handler throws", async () => {
  await using server = listen(LOOPBACK, () => Promise.reject(new RangeError("a secret detail")));
  const response = await fetch(`http://${server.address}/metrics`);
  assert.deepEqual([response.status, await response.text()], [500, "internal error (internal)\n"]);
});

Deno.test("listen() writes an IPv6 address in brackets, as a URL has it", async () => {
  await using server = listen({ hostname: "::1", port: 0 }, handler());
  assert.match(server.address, /^\[::1\]:[1-9]\d*$/);
  assert.equal(await (await fetch(`http://${server.address}/healthz`)).text(), "ok\n");
  const { port } = new URL(`http://${server.address}`);
  assert.throws(() => listen({ hostname: "::1", port: Number(port) }, handler()), {
    message: new RegExp(`^Cannot serve metrics on \\[::1\\]:${port}: the port is in use\\. `),
  });
});

Deno.test("listen() on all interfaces serves IPv6 and IPv4", async () => {
  await using server = listen({ hostname: "::", port: 0 }, handler());
  const { port } = new URL(`http://${server.address}`);
  for (const host of ["127.0.0.1", "[::1]"]) {
    assert.equal(await (await fetch(`http://${host}:${port}/healthz`)).text(), "ok\n");
  }
});

Deno.test({
  name: "listen() on all interfaces serves IPv4 alone where IPv6 cannot be had",
  permissions: { net: ["0.0.0.0", "127.0.0.1"] },
  async fn() {
    await using server = listen({ hostname: "::", port: 0 }, handler());
    assert.match(server.address, /^0\.0\.0\.0:[1-9]\d*$/);
    const { port } = new URL(`http://${server.address}`);
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text(), "ok\n");
    assert.throws(() => listen({ hostname: "::", port: Number(port) }, handler()), {
      message: new RegExp(`^Cannot serve metrics on 0\\.0\\.0\\.0:${port}: the port is in use\\. `),
    });
  },
});

Deno.test("listen() ends when it is disposed of, although somebody does not read an answer", async () => {
  const server = listen(LOOPBACK, () => Promise.resolve(new Response("x".repeat(30_000_000))));
  using stubborn = await Deno.connect({ ...LOOPBACK, port: Number(server.address.split(":")[1]) });
  await stubborn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
  await stubborn.read(new Uint8Array(100));
  await patiently(Promise.resolve(server[Symbol.asyncDispose]()), () => "the server has ended");
});

Deno.test("listen() says in one sentence that a port is in use, and what to do", () => {
  using taken = Deno.listen(LOOPBACK);
  const { port } = taken.addr;
  assert.throws(() => listen({ hostname: "127.0.0.1", port }, handler()), {
    name: "ListenError",
    message: `Cannot serve metrics on 127.0.0.1:${port}: the port is in use. ` +
      "Pass another --metrics-addr, or 0 to turn it off.",
  });
});

Deno.test("listen() says in one sentence that an address is not ours", () => {
  assert.throws(
    () => listen({ hostname: "192.0.2.1", port: 9090 }, handler()),
    (error: Error) => {
      assert(error instanceof ListenError);
      assert.match(
        error.message,
        /^Cannot serve metrics on 192\.0\.2\.1:9090: .*\. Pass another --metrics-addr/,
      );
      assert(!error.message.includes("the port is in use"));
      return true;
    },
  );
});

Deno.test("runOperator() does not even start when it cannot listen", async () => {
  using taken = Deno.listen(LOOPBACK);
  await using operator = await startOperator((cluster) => cluster.putPolicy(), {
    listenOn: { hostname: "127.0.0.1", port: taken.addr.port },
  });
  await assert.rejects(operator.ended, ListenError);
  assert.deepEqual(operator.cluster.calls, []);
  assert.equal(operator.clock.pending, 0);
});
