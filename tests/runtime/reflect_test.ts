/** What a store makes of a watcher's events, full reads and stale ones included, and a word for exactly what changed in it. */

import assert from "node:assert/strict";
import type { Versioned } from "../../lib/api/object.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import { reflect } from "../../lib/runtime/reflector.ts";
import { Store } from "../../lib/runtime/store.ts";
import type { WatcherEvent } from "../../lib/runtime/watcher_event.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { thing, written } from "../support/things.ts";

type Event = WatcherEvent<Versioned>;

const init: Event = { type: "init", rewound: false, newest: "" };
const rewoundInit: Event = { type: "init", rewound: true, newest: "" };
const initDone: Event = { type: "initDone" };
const read = (name: string, version: number, namespace?: string): Event => ({
  type: "initApply",
  object: thing(name, version, namespace),
});
const applied = (name: string, version: number): Event => ({ type: "apply", object: thing(name, version) });
const deleted = (name: string, version: number): Event => ({ type: "delete", object: thing(name, version) });

/** A store and its reflector; `changes` is what was said, as `before → after`. */
function reflecting(namespace?: string) {
  const store = new Store<Versioned>();
  const changes: string[] = [];
  const sink = reflect<Versioned>({
    store,
    stretch: new Stretch(new ManualClock()),
    namespace,
    onChange: (before, after) =>
      changes.push(`${before ? written(before) : ""} → ${after ? written(after) : ""}`.trim()),
  });
  return {
    store,
    /** What changed by `events`. */
    after: (...events: Event[]) => {
      events.forEach(sink);
      return changes.splice(0);
    },
    contents: (namespace?: string) => Array.from(store.list(namespace), written).sort(),
  };
}

Deno.test("reflect() fills the store with what the first read names", () => {
  const { after, contents } = reflecting();
  assert.deepEqual(after(init, read("a", 1), read("b", 2), initDone), ["→ a@1", "→ b@2"]);
  assert.deepEqual(contents(), ["a@1", "b@2"]);
});

Deno.test("reflect() says what came, changed and went", () => {
  const { after, contents } = reflecting();
  assert.deepEqual(
    after(init, initDone, applied("a", 1), applied("a", 2), deleted("a", 3)),
    ["→ a@1", "a@1 → a@2", "a@2 →"],
  );
  assert.deepEqual(contents(), []);
});

for (
  const [what, event] of [
    ["an object as it is held", applied("a", 5)],
    ["an older object", applied("a", 4)],
    ["the deletion of an older object", deleted("a", 4)],
    ["the deletion of an unknown object", deleted("b", 9)],
    ["the beginning of a read", init],
  ] as const
) {
  Deno.test(`reflect() says nothing of ${what}`, () => {
    const { after, contents } = reflecting();
    after(init, read("a", 5), initDone);
    assert.deepEqual(after(event), []);
    assert.deepEqual(contents(), ["a@5"]);
  });
}

Deno.test("reflect() deletes what a relist no longer names, and keeps it until the relist is complete", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 1), read("b", 2), read("c", 3), initDone);
  assert.deepEqual(after(init, read("b", 2), read("c", 9)), ["c@3 → c@9"]);
  assert.deepEqual(contents(), ["a@1", "b@2", "c@9"]);
  assert.deepEqual(after(initDone), ["a@1 →"]);
  assert.deepEqual(contents(), ["b@2", "c@9"]);
});

Deno.test("reflect() keeps what a relist names at an older version than it holds", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 5), initDone);
  assert.deepEqual(after(init, read("a", 4), initDone), []);
  assert.deepEqual(contents(), ["a@5"]);
});

Deno.test("reflect() forgets what a read named that never became complete", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 1), read("b", 2), initDone);
  assert.deepEqual(after(init, read("a", 1), init, read("b", 2), initDone), ["a@1 →"]);
  assert.deepEqual(contents(), ["b@2"]);
});

Deno.test("reflect() holds a complete read against nothing that comes after it", () => {
  const { after } = reflecting();
  after(init, read("a", 1), initDone, applied("b", 2));
  assert.deepEqual(after(init, initDone), ["a@1 →", "b@2 →"]);
});

Deno.test("reflect() deletes what is deleted during a read, even when the read had named it", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 1), read("b", 2), initDone);
  assert.deepEqual(after(init, read("a", 1), deleted("a", 3), read("b", 2), initDone), ["a@1 →"]);
  assert.deepEqual(contents(), ["b@2"]);
});

Deno.test("reflect() deletes at the end of the read what an older deletion could not", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 7), initDone);
  assert.deepEqual(after(init, read("a", 5), deleted("a", 6), initDone), ["a@7 →"]);
  assert.deepEqual(contents(), []);
});

Deno.test("reflect() deletes only within its namespace", () => {
  const { store, after, contents } = reflecting("shop");
  store.apply(thing("web", 1, "bank"));
  after(init, read("web", 2, "shop"), read("db", 3, "shop"), initDone);
  assert.deepEqual(after(init, read("db", 3, "shop"), initDone), ["web@2 →"]);
  assert.deepEqual(contents("shop"), ["db@3"]);
  assert.deepEqual(contents("bank"), ["web@1"]);
});

Deno.test("reflect() tells objects of equal names in different namespaces apart", () => {
  const { after, contents } = reflecting();
  after(init, read("web", 1, "shop"), read("web", 2, "bank"), initDone);
  assert.deepEqual(after(init, read("web", 2, "bank"), initDone), ["web@1 →"]);
  assert.deepEqual(contents(), ["web@2"]);
});

for (const name of ["constructor", "__proto__", "toString"]) {
  Deno.test(`reflect() treats an object called ${name} like any other`, () => {
    const { after, contents } = reflecting();
    assert.deepEqual(after(init, initDone, applied(name, 1)), [`→ ${name}@1`]);
    assert.deepEqual(after(init, read(name, 1), initDone), []);
    assert.deepEqual(contents(), [`${name}@1`]);
    assert.deepEqual(after(init, initDone), [`${name}@1 →`]);
  });
}

/** A relist, after everything up to `newest` was seen. */
const again = (newest: number): Event => ({ type: "init", rewound: false, newest: String(newest) });

Deno.test("reflect() does not bring back what a stale read still names", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 1), read("b", 2), initDone, deleted("a", 3));
  assert.deepEqual(after(again(3), read("a", 1), read("b", 2)), []);
  assert.deepEqual(after(again(3), read("b", 2), read("c", 4), initDone), ["→ c@4"]);
  assert.deepEqual(contents(), ["b@2", "c@4"]);
});

Deno.test("reflect() takes what a read names that is no stale one in the end, however old it is", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 5), initDone);
  assert.deepEqual(after(again(5), read("a", 5), read("missed", 3), initDone), ["→ missed@3"]);
  assert.deepEqual(after(again(5), read("a", 5), read("missed", 3), initDone), []);
  assert.deepEqual(contents(), ["a@5", "missed@3"]);
});

Deno.test("reflect() forgets a doubt about what is deleted before the read is done", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 5), initDone);
  assert.deepEqual(after(again(5), read("a", 5), read("b", 3), deleted("b", 6), initDone), []);
  assert.deepEqual(contents(), ["a@5"]);
});

Deno.test("reflect() takes older versions from a server that was restored, until that read is done", () => {
  const { after, contents } = reflecting();
  after(init, read("a", 5), read("b", 6), initDone);
  assert.deepEqual(after(init, read("a", 3), read("b", 6), initDone), [], "a stale read changes nothing");
  assert.deepEqual(after(rewoundInit, read("a", 3), initDone), ["a@5 → a@3", "b@6 →"]);
  assert.deepEqual(contents(), ["a@3"]);
  assert.deepEqual(after(applied("a", 2)), [], "after it, older is older again");
});
