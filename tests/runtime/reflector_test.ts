/** The reflector as a whole: whatever a server goes through, the store ends up with what it holds. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { isNewer, type Versioned } from "../../lib/api/object.ts";
import { runReflector } from "../../lib/runtime/reflector.ts";
import { Store } from "../../lib/runtime/store.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";
import { ScriptedSource, type WatchCall } from "../support/scripted_source.ts";
import { initialEnd, thing, written } from "../support/things.ts";

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
