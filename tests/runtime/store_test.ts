/** The store: objects that only ever get newer, whoever brings them and in whatever order. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Versioned } from "../../lib/api/object.ts";
import { Store } from "../../lib/runtime/store.ts";
import { thing, written } from "../support/things.ts";

function storeOf(...objects: Versioned[]): Store<Versioned> {
  const store = new Store<Versioned>();
  for (const object of objects) store.apply(object);
  return store;
}

function contents(store: Store<Versioned>, namespace?: string): string[] {
  return Array.from(store.list(namespace), written).sort();
}

Deno.test("store.apply() keeps a new object and says that there was none before", () => {
  const store = storeOf();
  const object = thing("web", 1);
  assert.deepEqual(store.apply(object), { changed: true, before: undefined });
  assert.equal(store.get(object), object);
});

Deno.test("store.apply() replaces an older object and gives it back", () => {
  const [older, newer] = [thing("web", 9), thing("web", 10)];
  const store = storeOf(older);
  const change = store.apply(newer);
  assert(change.changed);
  assert.equal(change.before, older);
  assert.equal(store.get(older), newer);
  assert.equal(store.size, 1);
});

for (const version of ["10", "9", "1"]) {
  Deno.test(`store.apply() drops version ${version} when it holds version 10`, () => {
    const held = thing("web", 10);
    const store = storeOf(held);
    assert.deepEqual(store.apply(thing("web", version)), { changed: false });
    assert.equal(store.get(held), held);
  });
}

for (const version of ["10", "11", "100"]) {
  Deno.test(`store.delete() at version ${version} forgets what it holds at version 10`, () => {
    const held = thing("web", 10);
    const store = storeOf(held, thing("db", 5));
    const change = store.delete(thing("web", version));
    assert(change.changed);
    assert.equal(change.before, held);
    assert.equal(store.get(held), undefined);
    assert.equal(store.size, 1);
    assert.deepEqual(contents(store), ["db@5"]);
  });
}

Deno.test("store.delete() keeps an object that was created again since", () => {
  const store = storeOf(thing("web", 10));
  assert.deepEqual(store.delete(thing("web", 9)), { changed: false });
  assert.deepEqual(contents(store), ["web@10"]);
  assert.equal(store.size, 1);
});

for (const [why, object] of [["name", thing("db", 99)], ["namespace", thing("web", 99, "other")]] as const) {
  Deno.test(`store.delete() of an unknown ${why} changes nothing`, () => {
    const store = storeOf(thing("web", 10));
    assert.deepEqual(store.delete(object), { changed: false });
    assert.equal(store.size, 1);
  });
}

Deno.test("store.refresh() takes a newer answer, drops an older one, and brings no deleted object back", () => {
  const store = storeOf(thing("web", 10));
  store.refresh(thing("web", 12));
  assert.deepEqual(contents(store), ["web@12"]);
  store.refresh(thing("web", 11));
  assert.deepEqual(contents(store), ["web@12"]);
  store.delete(thing("web", 13));
  store.refresh(thing("web", 14));
  assert.deepEqual(contents(store), []);
  assert.equal(store.size, 0);
});

Deno.test("store.refresh() takes the answer itself, although the watch has told of the same version first", () => {
  const store = storeOf(thing("web", 10));
  store.apply(thing("web", 11));
  const answer = thing("web", 11);
  store.refresh(answer);
  assert.equal(store.get(answer), answer);
  assert.equal(store.size, 1);
});

Deno.test("store.list() gives one namespace, or all", () => {
  const store = storeOf(thing("web", 1, "shop"), thing("web", 2, "bank"), thing("db", 3, "bank"));
  assert.deepEqual(contents(store, "bank"), ["db@3", "web@2"]);
  assert.deepEqual(contents(store, "nowhere"), []);
  assert.deepEqual(contents(store), ["db@3", "web@1", "web@2"]);
  assert.equal(store.size, 3);
});

Deno.test("store.namespaces() and store.count() tell where objects are, and how many", () => {
  const store = storeOf(thing("web", 1, "shop"), thing("web", 2, "bank"), thing("db", 3, "bank"));
  assert.deepEqual([...store.namespaces()], ["shop", "bank"]);
  assert.deepEqual(["shop", "bank", "nowhere"].map((namespace) => store.count(namespace)), [1, 2, 0]);
  store.delete(thing("web", 9, "shop"));
  assert.deepEqual([...store.namespaces()], ["bank"]);
});

Deno.test("store.list() goes on through whatever changes meanwhile", () => {
  const store = storeOf(thing("a", 1), thing("b", 2), thing("c", 3), thing("d", 4));
  const seen: string[] = [];
  for (const object of store.list("default")) {
    seen.push(written(object));
    if (object.name === "a") {
      store.apply(thing("a", 10));
      store.apply(thing("b", 11));
      store.delete(thing("c", 12));
    }
  }
  assert.deepEqual(seen, ["a@1", "b@11", "d@4"]);
});

for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
  Deno.test(`store treats an object or a namespace called ${name} like any other`, () => {
    const store = storeOf();
    const object = thing(name, 1, name);
    assert.equal(store.get(object), undefined);
    assert.deepEqual(contents(store, name), []);
    assert.deepEqual(store.apply(object), { changed: true, before: undefined });
    assert.equal(store.get(object), object);
    assert.deepEqual(contents(store, name), [`${name}@1`]);
    assert.equal(store.delete(object).changed, true);
    assert.equal(store.size, 0);
  });
}

Deno.test("store ends with the newest version of each object, in whatever order they come", () => {
  const objects = fc.uniqueArray(
    fc.record({ name: fc.constantFrom("a", "b", "c"), version: fc.integer({ min: 1, max: 2_000 }) }),
    { selector: ({ version }) => version, minLength: 1, maxLength: 50, size: "max" },
  );
  fc.assert(fc.property(objects, (objects) => {
    const store = storeOf(...objects.map(({ name, version }) => thing(name, version)));
    const newest = new Map<string, number>();
    for (const { name, version } of objects) newest.set(name, Math.max(newest.get(name) ?? 0, version));
    assert.deepEqual(contents(store), Array.from(newest, ([name, version]) => `${name}@${version}`).sort());
    assert.equal(store.size, newest.size);
  }));
});
