/** A kubeconfig's proxy-url: every connection goes through it, with its password, and errors name it without. */

import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import { Transport } from "../../lib/kube/transport.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackProxy } from "../support/loopback_proxy.ts";
import { LoopbackServer } from "../support/loopback_server.ts";
import { json, stream } from "../support/replies.ts";
import { connectionError, credentialsFrom, getWith } from "./harness.ts";
import { toGet } from "../support/wire.ts";

const CA = { "certificate-authority-data": btoa(certificate("ca").cert) };

/** GETs /version with the credentials of a kubeconfig whose cluster is `cluster`. */
async function getThrough(cluster: Readonly<Record<string, unknown>>): Promise<unknown> {
  using folder = new KubeconfigFolder();
  return await getWith(await credentialsFrom(folder, oneContext({ cluster })));
}

Deno.test("proxy-url of HTTP is asked to CONNECT, with the password of its address, and sees no token", async () => {
  await using server = await LoopbackServer.start([json({ major: "1" })], { tls: { certificate: "server" } });
  await using proxy = await LoopbackProxy.start(function (client) {
    this.tunnel(client, server.port, "HTTP/1.1 200 OK\r\n\r\n");
  });
  const url = `http://jane:hunter%402@127.0.0.1:${proxy.port}`;
  assert.deepEqual(await getThrough({ ...CA, server: server.url, "proxy-url": url }), { major: "1" });
  const [first = "", ...headers] = String(proxy.heard[0]).split("\r\n");
  assert.equal(first, `CONNECT 127.0.0.1:${server.port} HTTP/1.1`);
  assert(headers.includes(`Proxy-Authorization: Basic ${btoa("jane:hunter@2")}`), headers.join());
  assert(!proxy.heard.join().includes("dev-token"));
  assert.equal(server.requests[0]?.headers.get("authorization"), "Bearer dev-token");
});

Deno.test("proxy-url is for watches, too, which without it go over sockets of their own", async () => {
  for (const viaProxy of [true, false]) {
    await using server = await LoopbackServer.start([stream(["first"])], { tls: { certificate: "server" } });
    await using proxy = await LoopbackProxy.start(function (client) {
      this.tunnel(client, server.port, "HTTP/1.1 200 OK\r\n\r\n");
    });
    using folder = new KubeconfigFolder();
    const own = viaProxy ? { "proxy-url": `http://127.0.0.1:${proxy.port}` } : {};
    const content = oneContext({ cluster: { ...CA, server: server.url, ...own } });
    const transport = new Transport({
      credentials: await credentialsFrom(folder, content),
      userAgent: "test",
    });
    const connection = transport.connect();
    const response = await connection.fetch(new AbortController().signal)(toGet(transport.server));
    assert.equal(await response.text(), "first");
    assert.equal(proxy.wasAskedFor(server.url), viaProxy);
    assert.equal(server.requests[0]?.headers.has("accept-encoding"), viaProxy);
    connection.close();
    transport.close();
  }
});

Deno.test("proxy-url of SOCKS 5 is asked for the server, too", async () => {
  await using server = await LoopbackServer.start([json({ major: "1" })], { tls: { certificate: "server" } });
  await using proxy = await LoopbackProxy.start(function (client) {
    client.write(Uint8Array.of(5, 0));
    client.once("data", (request: Buffer) => {
      assert.deepEqual([...request.subarray(0, 8)], [5, 1, 0, 1, 127, 0, 0, 1]);
      this.tunnel(client, request.readUInt16BE(8), Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    });
  });
  const url = `socks5://127.0.0.1:${proxy.port}`;
  assert.deepEqual(await getThrough({ ...CA, server: server.url, "proxy-url": url }), { major: "1" });
  assert.equal(proxy.heard[0]?.[0], 5);
});

Deno.test("proxy-url serves a server without TLS, still without credentials", async () => {
  await using proxy = await LoopbackProxy.start((client) =>
    client.end("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
  );
  const cluster = { server: "http://api.invalid:8001", "proxy-url": `http://127.0.0.1:${proxy.port}` };
  assert.deepEqual(await getThrough(cluster), {});
  assert.match(String(proxy.heard[0]), /^GET http:\/\/api\.invalid:8001\/version HTTP\/1\.1\r\n/);
  assert.doesNotMatch(String(proxy.heard[0]), /authorization/i);
});

Deno.test("A proxy that wants a password says so, and the error names it without the one it got", async () => {
  await using proxy = await LoopbackProxy.start((client) =>
    client.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
  );
  const { port } = proxy;
  const cluster = {
    ...CA,
    server: "https://api.invalid",
    "proxy-url": `http://jane:hunter2@127.0.0.1:${port}`,
  };
  const words =
    /^Cannot reach .* at https:\/\/api\.invalid through the proxy 127\.0\.0\.1:\d+: the proxy wants/;
  await assert.rejects(getThrough(cluster), (error: Error) => {
    connectionError("other", words)(error);
    assert.doesNotMatch(Deno.inspect(error), /hunter2/);
    return true;
  });
});

Deno.test("A proxy that is not there is told as such", async () => {
  let port = 0;
  {
    await using proxy = await LoopbackProxy.start(() => {});
    port = proxy.port;
  }
  const cluster = { ...CA, server: "https://api.invalid", "proxy-url": `http://127.0.0.1:${port}` };
  const words = /https:\/\/api\.invalid through the proxy 127\.0\.0\.1:\d+: connection refused\.$/;
  await assert.rejects(getThrough(cluster), connectionError("refused", words));
});
