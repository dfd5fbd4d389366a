// The sandbox over a real port: what is sent and received, and that nothing of it stays behind.

import assert from "node:assert/strict";
import { eventually } from "../cluster/eventually.ts";
import { caOf, pod, PODS, POLICIES, policy, startTest, type TestSandbox } from "./sandbox.ts";

const HEADERS = { authorization: "Bearer secret", "content-type": "application/json" };

/** A client that trusts the sandbox. */
function connect({ sandbox }: TestSandbox): Deno.HttpClient {
  return Deno.createHttpClient({ caCerts: [caOf(sandbox)], http2: false });
}

Deno.test("what is created over the network is read back the same", async () => {
  await using test = await startTest();
  using client = connect(test);
  const at = test.sandbox.url + PODS;
  const body = JSON.stringify(pod("a", { annotations: { wide: "ü\u{1f600}".repeat(50_000) } }));
  const created = await fetch(at, { client, method: "POST", headers: HEADERS, body });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get("content-type"), "application/json");
  const read = await fetch(`${at}/a`, { client, headers: HEADERS });
  assert.deepEqual(await read.json(), await created.json());
});

Deno.test("answers come at once: none waits until the client has acknowledged its head", async () => {
  await using test = await startTest();
  using client = connect(test);
  const times: number[] = [];
  for (let turn = 0; turn < 30; turn++) {
    const start = performance.now();
    await (await fetch(`${test.sandbox.url}/version`, { client, headers: HEADERS })).text();
    times.push(performance.now() - start);
  }
  // The quickest of the later ones: at first a system acknowledges at once, and any may have to wait for its turn.
  const quickest = Math.min(...times.slice(-10));
  assert.ok(quickest < 30, `${quickest} ms; an acknowledgement takes 40`);
});

Deno.test("all warnings arrive, a HEAD gets no body, and what is about no path is a 400", async () => {
  await using test = await startTest({ crd: true });
  using client = connect(test);
  const at = test.sandbox.url + POLICIES;
  const body = JSON.stringify(policy("a", { b: 1, c: 2 }));
  const warned = await fetch(at, { client, method: "POST", headers: HEADERS, body });
  assert.match(warned.headers.get("warning")!, /^299 - "unknown field .*", 299 - "unknown field/);
  await warned.body?.cancel();
  const head = await raw(test, "HEAD /version HTTP/1.1", `authorization: ${HEADERS.authorization}\r\n`);
  assert.match(head, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  for (const line of ["TRACE /version", "OPTIONS *"]) {
    assert.match(
      await raw(test, `${line} HTTP/1.1`),
      /^HTTP\/1\.1 400 /,
    );
  }
});

Deno.test("a body that is too large is told so, although nobody reads all of it", async () => {
  await using test = await startTest();
  using client = connect(test);
  const body = new Uint8Array(8 * 1024 * 1024);
  const answer = await fetch(test.sandbox.url + PODS, { client, method: "POST", headers: HEADERS, body });
  assert.equal((await answer.json()).reason, "RequestEntityTooLarge");
});

Deno.test("a watch is accepted before there is anything to tell, and ends when its client goes", async () => {
  await using test = await startTest();
  using client = connect(test);
  const idle = test.clock.pending;
  const signal = AbortSignal.timeout(10_000);
  const { status, body } = await fetch(`${test.sandbox.url}${PODS}?watch=1`, {
    client,
    headers: HEADERS,
    signal,
  });
  assert.equal(status, 200);
  assert.ok(test.clock.pending > idle);
  await body!.cancel();
  await eventually(() => test.clock.pending === idle, { what: "the end of the watch" });
});

Deno.test("the sandbox ends although clients have not shaken hands, or not finished what they ask", async () => {
  const test = await startTest();
  const port = Number(new URL(test.sandbox.url).port);
  using silent = await Deno.connect({ port });
  using slow = await Deno.connectTls({ port, hostname: "127.0.0.1", caCerts: [caOf(test.sandbox)] });
  await slow.write(new TextEncoder().encode("GET /version HT"));
  let isOver = false;
  test[Symbol.asyncDispose]().then(() => isOver = true);
  await eventually(() => isOver, { what: "the end of the sandbox" });
  for (const connection of [silent, slow]) {
    await assert.rejects(async () => assert.notEqual(await connection.read(new Uint8Array(1)), null));
  }
});

/** All that comes back for a request of this first line, until the connection ends. */
async function raw({ sandbox }: TestSandbox, line: string, headers = ""): Promise<string> {
  const port = Number(new URL(sandbox.url).port);
  const connection = await Deno.connectTls({ port, hostname: "127.0.0.1", caCerts: [caOf(sandbox)] });
  const request = `${line}\r\nhost: x\r\nconnection: close\r\n${headers}\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const deadline = setTimeout(() => connection.close(), 10_000);
  const text = await new Response(connection.readable).text();
  clearTimeout(deadline);
  return text;
}
