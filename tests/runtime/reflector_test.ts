/** The reflector: a store that holds what the API server does, and a word for exactly what changed in it. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { isNewer, type Versioned } from "../../lib/api/object.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import { reflect, runReflector } from "../../lib/runtime/reflector.ts";
import { Store } from "../../lib/runtime/store.ts";
import type { WatcherEvent } from "../../lib/runtime/watcher_event.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";
import { ScriptedSource, type WatchCall } from "../support/scripted_source.ts";
import { initialEnd, thing, written } from "../support/things.ts";

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

const GONE = new ApiError({ code: 410, reason: "Expired", message: "too old resource version" });

/** A small API server: a collection with a history, some of which may have been compacted away. */
class Collection {
  readonly objects = new Map<string, Versioned>();
  /** Of a server whose initial events cannot be had. */
  listOnly = false;
  #version = 100;
  #compacted = 0;
  readonly #history: { version: number; type: "apply" | "delete"; object: Versioned }[] = [];
  readonly #open = new Set<WatchCall<Versioned>>();

  constructor(readonly source: ScriptedSource<Versioned>) {
    source.script = {
      onWatch: (watch) => this.#serve(watch),
      onList: (list) =>
        list.answer({
          items: [...this.objects.values()],
          resourceVersion: String(this.#version),
          continueToken: undefined,
        }),
    };
  }

  put(name: string): void {
    const object = thing(name, ++this.#version);
    this.objects.set(name, object);
    this.#happen("apply", object);
  }

  remove(name: string): void {
    if (this.objects.delete(name)) this.#happen("delete", thing(name, ++this.#version));
  }

  /** Drops every connection, and what happens meanwhile is told to nobody. */
  cut(error: unknown): void {
    for (const watch of this.#open) error === undefined ? watch.end() : watch.break(error);
    this.#open.clear();
  }

  /** Forgets how it came to be as it is. */
  compact(): void {
    this.#compacted = this.#version;
  }

  #happen(type: "apply" | "delete", object: Versioned): void {
    this.#history.push({ version: this.#version, type, object });
    for (const watch of this.#open) watch.push({ type, object });
  }

  #serve(watch: WatchCall<Versioned>): void {
    const { start } = watch.options;
    if (start.from === "initial-events") {
      if (this.listOnly) return watch.refuse(new ApiError({ code: 422, reason: "Invalid", message: "" }));
      const objects = [...this.objects.values()].map((object) => ({ type: "apply" as const, object }));
      watch.accept().push(...objects).push(initialEnd(this.#version));
    } else {
      if (isNewer(String(this.#compacted), start.resourceVersion)) return watch.refuse(GONE);
      watch.accept();
      for (const { version, type, object } of this.#history) {
        if (isNewer(String(version), start.resourceVersion)) watch.push({ type, object });
      }
    }
    this.#open.add(watch);
  }
}

const happenings = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: fc.constantFrom("a", "b", "c", "constructor") }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.constantFrom("a", "b", "c", "constructor") }) },
  {
    weight: 2,
    arbitrary: fc.record({ cut: fc.constantFrom(undefined, GONE, new ConnectionError("reset", "")) }),
  },
  { weight: 1, arbitrary: fc.constant({ compact: true as const }) },
  { weight: 1, arbitrary: fc.record({ pass: fc.constantFrom(0, 1_000, 50_000) }) },
);

Deno.test("runReflector() ends up with what the server holds, and has said how, whatever happens between", async () => {
  const histories = fc.asyncProperty(
    fc.boolean(),
    fc.array(happenings, { maxLength: 50, size: "max" }),
    async (listOnly, history) => {
      const clock = new ManualClock();
      const collection = new Collection(new ScriptedSource(clock));
      collection.listOnly = listOnly;
      collection.put("a");
      const store = new Store<Versioned>();
      const told = new Map<string, Versioned>();
      const stopping = new AbortController();
      const running = runReflector<Versioned>({
        source: collection.source,
        clock,
        store,
        random: () => 0,
        onChange: (before, after) => {
          const object = before ?? after ?? assert.fail("a change from nothing to nothing");
          assert.equal(told.get(object.name), before, "what was before is what was told last");
          if (after === undefined) told.delete(object.name);
          else told.set(object.name, after);
        },
      }, stopping.signal);
      for (const happening of history) {
        if ("put" in happening) collection.put(happening.put);
        else if ("remove" in happening) collection.remove(happening.remove);
        else if ("cut" in happening) collection.cut(happening.cut);
        else if ("compact" in happening) collection.compact();
        else await clock.advance(happening.pass);
      }
      await clock.advance(60_000);
      const expected = [...collection.objects.values()].map(written).sort();
      assert.deepEqual(Array.from(store.list(), written).sort(), expected);
      assert.deepEqual([...told.values()].map(written).sort(), expected);
      stopping.abort();
      await running;
      assert.equal(clock.pending, 0);
    },
  );
  await fc.assert(histories, { numRuns: 200 });
});

Deno.test("runReflector() passes its watcher's observer on", async () => {
  const clock = new ManualClock();
  const source = new ScriptedSource<Versioned>(clock);
  const stopping = new AbortController();
  let lives = 0;
  const running = runReflector<Versioned>({
    source,
    clock,
    store: new Store(),
    onChange: () => {},
    observer: { live: () => lives++, heard() {}, ended() {} },
  }, stopping.signal);
  source.lastWatch.accept().push(initialEnd(10));
  await settled();
  assert.equal(lives, 1);
  stopping.abort();
  await running;
});

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
