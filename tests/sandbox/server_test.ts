// The sandbox as a server: how it starts, lets clients in, keeps its memory small, and goes.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { parse } from "yaml";
import { systemClock } from "../../lib/cli/system_clock.ts";
import { startSandbox } from "../../lib/sandbox/mod.ts";
import { History } from "../../lib/sandbox/history.ts";
import type { KubeObject } from "../../lib/sandbox/kube_object.ts";
import { decodeProtobuf } from "../../lib/sandbox/protobuf.ts";
import { SharedParts } from "../../lib/sandbox/shared_parts.ts";
import { pod, PODS, startTest } from "./sandbox.ts";

Deno.test("startSandbox() takes less than 200 ms", async () => {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const start = performance.now();
    await using _sandbox = await startSandbox({ clock: systemClock });
    times.push(performance.now() - start);
  }
  // The quickest: others may have had to wait for their turn on the machine.
  assert.ok(Math.min(...times) < 200, `${times} ms`);
});

Deno.test("without TLS the sandbox serves plain HTTP, to whoever has the token", async () => {
  await using sandbox = await startSandbox({ clock: systemClock, tls: "off" });
  const { clusters } = parse(sandbox.kubeconfig);
  assert.deepEqual(clusters, [{ name: "sandbox", cluster: { server: sandbox.url } }]);
  assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  for (const [token, code] of [[sandbox.token, 200], ["another", 401]] as const) {
    const response = await fetch(`${sandbox.url}/api/v1/namespaces`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.body?.cancel();
    assert.equal(response.status, code);
  }
});

Deno.test("the kubeconfig leads to the sandbox, and to nobody who has another certificate", async () => {
  await using sandbox = await startSandbox({ clock: systemClock });
  const { clusters: [{ cluster }], users: [{ user }] } = parse(sandbox.kubeconfig);
  assert.equal(cluster.server, sandbox.url);
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString();
  const ask = async (caCerts: string[]) => {
    using client = Deno.createHttpClient({ caCerts });
    const headers = { authorization: `Bearer ${user.token}` };
    const response = await fetch(`${cluster.server}/version`, { client, headers });
    return (await response.json()).major;
  };
  assert.equal(await ask([ca]), "1");
  await assert.rejects(ask([]), TypeError);
});

Deno.test("startSandbox() fails when its port is taken", async () => {
  await using first = await startSandbox({ clock: systemClock });
  const port = Number(new URL(first.url).port);
  await assert.rejects(startSandbox({ clock: systemClock, port }), Deno.errors.AddrInUse);
});

Deno.test("disposing of a sandbox ends what is under way", async () => {
  const test = await startTest();
  const { body } = await test.send(`${PODS}?watch=1`);
  const rest = new Response(body).text();
  await test[Symbol.asyncDispose]();
  assert.equal(await rest, "");
  await assert.rejects(fetch(test.sandbox.url), TypeError);
});

Deno.test("a client that stops reading a watch leaves nothing behind", async () => {
  await using test = await startTest();
  const { body } = await test.send(`${PODS}?watch=1`);
  const reader = body!.getReader();
  const reading = reader.read();
  await reader.cancel();
  await reading;
  assert.equal(test.clock.pending, 0);
});

Deno.test("equal parts of objects are held once, and frozen", () => {
  const parts = new SharedParts();
  const make = (name: string) =>
    parts.share(
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name },
        spec: { containers: [{ name: "a" }] },
      } as unknown as KubeObject,
    );
  const [a, b] = [make("a"), make("b")];
  assert.equal(a["spec"], b["spec"]);
  assert.ok(Object.isFrozen(a) && Object.isFrozen(a.metadata) && Object.isFrozen(a["spec"]));
});

Deno.test("a history forgets its oldest events, and knows that it did", () => {
  const history = new History();
  const object = {} as KubeObject;
  for (let version = 1; version <= 25_000; version++) {
    history.append({ type: "ADDED", version, object, previous: undefined });
  }
  assert.equal(history.after(4_999), undefined);
  assert.equal(history.at(history.after(5_000)!)?.version, 5_001);
  assert.equal(history.at(history.after(24_999)!)?.version, 25_000);
  assert.equal(history.after(25_000), history.end);
  history.compact(30_000);
  assert.equal(history.after(29_999), undefined);
  assert.equal(history.after(30_000), history.end);
});

Deno.test("a watcher that is so slow that what it has not read is forgotten is told to start anew", async () => {
  await using test = await startTest();
  const { body } = await test.send(`${PODS}?watch=1`);
  await test.create(PODS, pod("a"));
  test.sandbox.compact();
  assert.equal(JSON.parse(await new Response(body).text()).object.reason, "Expired");
});

Deno.test("a namespace in protobuf is read, and what is cut short or of another kind is refused", () => {
  const text = (value: string) => [...new TextEncoder().encode(value)];
  const field = (number: number, content: number[]) => [number * 8 + 2, content.length, ...content];
  const entry = field(11, [...field(1, text("team")), ...field(2, text("blue"))]);
  const object = field(1, [...field(1, text("shop")), ...entry]);
  const message = (kind: string) => [
    ...text("k8s\0"),
    ...field(1, [...field(1, text("v1")), ...field(2, text(kind))]),
    ...field(2, object),
  ];
  const bytes = Uint8Array.from(message("Namespace"));
  assert.deepEqual(decodeProtobuf(bytes), {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", labels: { team: "blue" } },
  });
  assert.throws(() => decodeProtobuf(Uint8Array.from(message("Pod"))), /reads protobuf of Namespace/);
  for (let length = 0; length < bytes.length; length++) {
    // Between two fields a message may end: it has less in it, then.
    if (length === bytes.length - field(2, object).length) continue;
    assert.throws(() => decodeProtobuf(bytes.subarray(0, length)), /protobuf/);
  }
});

Deno.test("what the sandbox does not do is a 501 that says so", async () => {
  await using test = await startTest();
  for (
    const path of [
      "/api/v1/configmaps",
      "/apis/apps/v1/deployments",
      `${PODS}/a/log`,
    ]
  ) {
    const { reason, message } = await test.call(path, {}, 501);
    assert.equal(reason, "NotImplemented");
    assert.match(message, /the sandbox does not do this/);
  }
  await test.call("/api/v1/namespaces/default/services", { method: "POST", body: {} }, 501);
  await test.call(PODS, { headers: { "impersonate-user": "somebody" } }, 501);
});

Deno.test("replicate() copies a pod as it is, seen by lists and watches; without a pod it throws", async () => {
  await using test = await startTest();
  await test.create(PODS, pod("web"));
  await using watch = await test.watch(`${PODS}?watch=1&resourceVersion=0`);
  await watch.events();
  test.sandbox.replicate({ namespace: "default", name: "web" }, [{ namespace: "default", name: "copy" }]);
  const [original, copy] = [await test.call(`${PODS}/web`), await test.call(`${PODS}/copy`)];
  assert.deepEqual(copy.spec, original.spec);
  assert.notEqual(copy.metadata.uid, original.metadata.uid);
  assert.notEqual(copy.metadata.resourceVersion, original.metadata.resourceVersion);
  assert.deepEqual((await watch.events()).map(({ type, object }) => [type, object.metadata.name]), [
    ["ADDED", "copy"],
  ]);
  assert.throws(() => test.sandbox.replicate({ namespace: "default", name: "none" }, []), {
    message: "there is no pod default/none",
  });
});
