/** The pool of containers: it answers equal lists, holds each once, and grows with nothing. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { ContainerFacts } from "../../lib/api/pod_facts.ts";
import { ContainerPool } from "../../lib/kube/container_pool.ts";
import { namespacePods, podBuilders } from "../support/arbitraries.ts";
import { type ContainerOptions, pod } from "../support/pod_builder.ts";
import { heapUsed } from "../support/heap_used.ts";

const list = (options: ContainerOptions = {}) =>
  pod("web").init("init").container("app", options).facts().containers;

Deno.test("ContainerPool answers each list with an equal one", () => {
  const pool = new ContainerPool();
  fc.assert(fc.property(namespacePods, (pods) => {
    for (const { containers } of [...pods, ...pods]) assert.deepEqual(pool.share(containers), containers);
  }));
});

Deno.test("ContainerPool answers equal lists with the first of them", () => {
  const pool = new ContainerPool();
  fc.assert(fc.property(podBuilders, (built) => {
    const first = pool.share(built.facts().containers);
    assert.equal(pool.share(built.facts().containers), first);
  }));
  assert.equal(pool.share([]), pool.share([]));
});

Deno.test("ContainerPool answers a new list with the containers that came before in others", () => {
  const pool = new ContainerPool();
  const [init, app] = pool.share(list());
  const [sameInit, restarted] = pool.share(list({ restarts: 1 }));
  assert.equal(sameInit, init);
  assert.notEqual(restarted, app);
  assert.equal(pool.share([app!, init!, restarted!])[2], restarted);
});

for (
  const [what, options] of [
    ["image", { image: "other" }],
    ["liveness probe", { liveness: false }],
    ["readiness probe", { readiness: false }],
    ["restarts", { restarts: 1 }],
  ] as const
) {
  Deno.test(`ContainerPool tells lists apart by ${what}`, () => {
    const pool = new ContainerPool();
    const first = pool.share(list());
    assert.notEqual(pool.share(list(options)), first);
    assert.equal(pool.share(list()), first);
    assert.deepEqual(pool.share(list(options)), list(options));
  });
}

Deno.test("ContainerPool makes room for what is new, rather than grow with every list there ever was", () => {
  const pool = new ContainerPool();
  const before = heapUsed();
  for (let i = 0; i < 100_000; i++) pool.share(list({ image: `image-${i}` }));
  const grown = heapUsed() - before;
  assert(grown < 10_000_000, `100,000 different lists leave ${grown} bytes`);
  const last = pool.share(list({ image: "image-new" }));
  assert.equal(pool.share(list({ image: "image-new" })), last);
});

Deno.test("ContainerPool does not keep long lists alive", () => {
  const long = () => Array.from({ length: 17 }, (_, i): ContainerFacts => ({ ...list()[0]!, name: `c${i}` }));
  const pool = new ContainerPool();
  const first = long();
  assert.equal(pool.share(first), first);
  const second = long();
  assert.equal(pool.share(second), second);
});
