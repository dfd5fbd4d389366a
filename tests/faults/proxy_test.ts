/** The fault proxy does to requests and frames what its faults say, and nothing to all others. */

import assert from "node:assert/strict";
import { JSON_FORM } from "../../tools/bench/replay/frames.ts";
import { newIdentity } from "./connections.ts";
import type { RequestChange, Upstream } from "./exchange.ts";
import * as faults from "./faults.ts";
import type { LoggedRequest } from "./logged_request.ts";
import { FaultProxy } from "./proxy.ts";
import type { Fault } from "./script.ts";
import * as tellers from "./tellers.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const POLICY = "/apis/devops.stochastic.io/v1/namespaces/shop/devopspolicies/strict";

function event(type: string, name: string, resourceVersion = "1"): string {
  return `${JSON.stringify({ type, object: { metadata: { name, uid: name, resourceVersion } } })}\n`;
}

/** A server whose watches tell three events and end, and which counts what it was asked. */
class Server implements Upstream {
  readonly asked: (readonly [LoggedRequest, RequestChange | undefined])[] = [];
  events = [event("ADDED", "web"), event("ADDED", "other"), event("DELETED", "web", "2")];

  send(request: LoggedRequest, change?: RequestChange): Promise<Response> {
    this.asked.push([request, change]);
    const body = request.kind === "watch" ? this.events.join("") : `{"hello":"${request.method}"}`;
    return Promise.resolve(new Response(body, { headers: { "content-type": "application/json" } }));
  }

  close(): void {}
}

/** How long a client waits that expects an answer, and one that expects none; milliseconds. */
const [PATIENCE_MS, BRIEF_MS] = [20_000, 1_000];

/** A proxy before such a server, and a client that trusts it and waits for so long. */
async function world(patienceMs = PATIENCE_MS) {
  const server = new Server();
  const proxy = await FaultProxy.start({ upstream: server });
  const client = Deno.createHttpClient({ caCerts: [proxy.identity.caPem], http2: false });
  const ask = (target: string, init: RequestInit = {}) =>
    fetch(proxy.url + target, {
      ...init,
      client,
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
    });
  return {
    server,
    proxy,
    ask,
    watch: async () => await (await ask(`${PODS}?watch=true`)).text(),
    async [Symbol.asyncDispose]() {
      client.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

Deno.test("what no fault is for goes through as it is, and is logged with its time", async () => {
  await using it = await world();
  const at = performance.now();
  assert.deepEqual(await (await it.ask(PODS)).json(), { hello: "GET" });
  assert.deepEqual(await (await it.ask(`${POLICY}/status`, { method: "PATCH", body: "{}" })).json(), {
    hello: "PATCH",
  });
  assert.equal(await it.watch(), it.server.events.join(""));
  assert.deepEqual(
    it.proxy.requests.map(({ kind, resource, name, code }) => [kind, resource, name, code]),
    [["list", "pods", "", 200], ["patchStatus", "devopspolicies", "strict", 200], ["watch", "pods", "", 200]],
  );
  const times = it.proxy.requests.map((request) => request.at - at);
  assert(times.every((time, i) => time >= (times[i - 1] ?? 0) && time < 20_000), String(times));
});

Deno.test("a fault holds for so many requests of its kind, and the newest one counts", async () => {
  await using it = await world();
  const everywhere = it.proxy.inject({}, faults.refuse({ code: 503 }));
  it.proxy.inject({ resource: "pods" }, faults.refuse({ code: 429, retryAfterSeconds: 7 }), 2);
  const codes = [];
  for (const target of [PODS, POLICY, PODS, PODS]) {
    const answer = await it.ask(target);
    codes.push(answer.status);
    if (answer.status === 429) assert.equal(answer.headers.get("retry-after"), "7");
    assert.equal((await answer.json()).kind, "Status");
  }
  assert.deepEqual(codes, [429, 503, 429, 503]);
  assert.equal(everywhere.hits, 2);
  everywhere.stop();
  assert.equal((await it.ask(PODS)).status, 200);
  assert.equal(it.server.asked.length, 1);
  it.proxy.inject({ name: "strict" }, faults.refuse({ code: 500 }));
  it.proxy.heal();
  assert.equal((await it.ask(POLICY)).status, 200);
});

/** What a watch gives when its frames are told so; `broken` at the end when it broke. */
const TOLD = {
  "the frames, when nothing is done to them": [faults.telling((frame, it) => it.write(frame)), "a1 o1 d2"],
  "nothing and a break, when it is reset before its first frame": [
    faults.telling(tellers.resetBefore),
    "broken",
  ],
  "half a frame and a break, when it is truncated": [faults.telling(tellers.truncated), "half broken"],
  "half a frame and a good end, when it ends in mid-frame": [faults.telling(tellers.endInFrame), "half"],
  "an error, when one is told": [faults.telling(tellers.errorBefore(faults.GONE)), "e410"],
  "an error, when it is refused in-stream": [faults.refuseInStream(faults.GONE), "e410"],
  "nothing, when it is closed at once": [faults.close, ""],
  "silence, when it freezes": [faults.telling(tellers.frozen), "broken"],
  "only some frames": [faults.telling(tellers.without((type) => type === "ADDED")), "d2"],
  "old frames again": [faults.telling(tellers.repeating()), "a1 a1 o1 o1 a1 d2 d2 a1 o1"],
  "an event held until its opposite": [faults.telling(tellers.held("web").teller), "o1 a1 d2"],
  "an event after its opposite": [faults.telling(tellers.held("web", "backwards").teller), "o1 d2 a1"],
} as const satisfies Record<string, readonly [Fault, string]>;

for (const [what, [fault, told]] of Object.entries(TOLD)) {
  Deno.test(`a watch brings ${what}`, async () => {
    await using it = await world(what.startsWith("silence") ? BRIEF_MS : PATIENCE_MS);
    it.proxy.inject({ kind: "watch" }, fault);
    assert.equal(await toldOf(it.ask(`${PODS}?watch=true`)), told);
  });
}

/** What came of a watch, a word for each frame. */
async function toldOf(asked: Promise<Response>): Promise<string> {
  const words: string[] = [];
  let rest = new Uint8Array();
  try {
    for await (const chunk of (await asked).body!) {
      const { frames, length } = JSON_FORM.cut(rest = new Uint8Array([...rest, ...chunk]));
      rest = rest.slice(length);
      for (const frame of frames) {
        const { type, object } = JSON.parse(new TextDecoder().decode(frame));
        const letter = type === "ADDED" ? object.metadata.name[0].replace("w", "a") : type[0].toLowerCase();
        words.push(`${letter}${object.code ?? object.metadata.resourceVersion}`);
      }
    }
  } catch {
    words.push(...rest.length > 0 ? ["half"] : [], "broken");
    rest = new Uint8Array();
  }
  return [...words, ...rest.length > 0 ? ["half"] : []].join(" ");
}

Deno.test("a swallowed write has been done", async () => {
  await using it = await world();
  it.proxy.inject({ kind: "patch" }, faults.swallow("reset"));
  await assert.rejects(it.ask(POLICY, { method: "PATCH", body: "{}" }));
  assert.equal(it.server.asked.length, 1);
  assert.equal(it.proxy.requests[0]?.code, undefined);
});

for (const [what, fault] of Object.entries({ freeze: faults.freeze, reset: faults.reset })) {
  Deno.test(`of a request that meets ${what} the server never hears`, async () => {
    await using it = await world(BRIEF_MS);
    it.proxy.inject({}, fault);
    await assert.rejects(it.ask(PODS));
    assert.equal(it.server.asked.length, 0);
  });
}

Deno.test("delayed, redirected and logged-out requests get what they should", async () => {
  await using it = await world();
  it.proxy.inject({ resource: "pods" }, faults.delay(100), 1);
  const at = performance.now();
  assert.equal((await it.ask(PODS)).status, 200);
  assert(performance.now() - at >= 95);
  it.proxy.inject({}, faults.redirect("https://elsewhere.example/"), 1);
  const elsewhere = await it.ask(PODS);
  assert.deepEqual([elsewhere.status, elsewhere.headers.get("location")], [
    307,
    "https://elsewhere.example/",
  ]);
  it.proxy.inject({}, faults.html, 1);
  assert.match(await (await it.ask(PODS)).text(), /Sign in/);
  it.proxy.inject({}, faults.altering((object) => ({ ...object, more: 1 })), 1);
  assert.deepEqual(await (await it.ask(PODS)).json(), { hello: "GET", more: 1 });
  it.proxy.inject({}, faults.asking({ limit: "2" }), 1);
  assert.equal((await it.ask(PODS)).status, 200);
  assert.deepEqual(it.server.asked.at(-1)?.[1], { query: { limit: "2" } });
});

Deno.test("another certificate is shown at the same address", async () => {
  await using it = await world();
  assert.equal((await it.ask(PODS)).status, 200);
  const identity = newIdentity();
  const { url } = it.proxy;
  it.proxy.present(identity);
  assert.equal(it.proxy.url, url);
  await assert.rejects(it.ask(PODS), ({ cause }: Error) => /peer certificate/.test(String(cause)));
  const client = Deno.createHttpClient({ caCerts: [identity.caPem], http2: false });
  assert.equal((await fetch(url + PODS, { client })).status, 200);
  client.close();
});
