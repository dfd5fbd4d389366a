/** A full read: what it has named is there, and of the rest nothing is overlooked. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Versioned } from "../../lib/api/object.ts";
import { FullRead } from "../../lib/runtime/full_read.ts";
import { Store } from "../../lib/runtime/store.ts";
import { thing } from "../support/things.ts";
import { heapUsed } from "../support/heap_used.ts";

const places = fc.record({
  namespace: fc.constantFrom("a", "b", "constructor"),
  name: fc.constantFrom("x", "y", "z", "__proto__"),
});
const key = ({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`;

Deno.test("FullRead names what is named and not deleted since, and suspects all else that is stored", () =>
  fc.assert(
    fc.property(
      fc.array(places),
      fc.array(fc.record({ place: places, deleted: fc.boolean() })),
      fc.constantFrom(undefined, "a", "b", "nowhere"),
      (before, steps, scope) => {
        const store = new Store<Versioned>();
        for (const { name, namespace } of before) store.apply(thing(name, 1, namespace));
        const read = new FullRead(store);
        const named = new Set<string>();
        for (const { place, deleted } of steps) {
          if (deleted) {
            // A store may refuse a deletion, of what was created again since.
            read.unname(place);
            named.delete(key(place));
          } else {
            store.apply(thing(place.name, 2, place.namespace));
            read.name(place);
            named.add(key(place));
          }
        }
        const here = [...store.list(scope)];
        for (const object of here) assert.equal(read.isNamed(object), named.has(key(object)));
        const suspects = new Set(Array.from(read.suspects(scope), key));
        for (const object of here) if (!named.has(key(object))) assert(suspects.has(key(object)));
      },
    ),
  ));

Deno.test("FullRead suspects nothing where everything was named", () => {
  const store = new Store<Versioned>();
  const read = new FullRead(store);
  for (const namespace of ["a", "b"]) {
    for (const name of ["x", "y"]) {
      store.apply(thing(name, 1, namespace));
      if (key({ namespace, name }) !== "b/y") read.name({ namespace, name });
    }
  }
  assert.deepEqual(Array.from(read.suspects(undefined), key), ["b/x", "b/y"]);
});

Deno.test("FullRead keeps none of the names that it is given alive, but the store's", () => {
  const store = new Store<Versioned>();
  const padding = "a".repeat(200);
  const fresh = (i: number) => thing([i, padding].join(""), 1);
  for (let i = 0; i < 10_000; i++) store.apply(fresh(i));
  const before = heapUsed();
  const read = new FullRead(store);
  for (let i = 0; i < 10_000; i++) read.name(fresh(i));
  const grown = heapUsed() - before;
  assert(grown < 1_000_000, `10,000 names take ${grown} bytes`);
  assert.deepEqual([...read.suspects(undefined)], []);
});
