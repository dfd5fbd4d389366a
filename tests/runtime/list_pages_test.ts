/** The paged full read: every page in order, once, from a state that does not go back. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import type { Versioned } from "../../lib/api/object.ts";
import type { ListPage } from "../../lib/api/ports.ts";
import { Stretch } from "../../lib/api/stretch.ts";
import { listPages, PAGE_SIZE, StaleListError } from "../../lib/runtime/list_pages.ts";
import type { WatcherEvent } from "../../lib/runtime/watcher_event.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { type ListCall, ScriptedSource } from "../support/scripted_source.ts";
import { thing, written } from "../support/things.ts";

const stretch = new Stretch(new ManualClock());
const GONE = new ApiError({ code: 410, reason: "Expired", message: "The continue token is too old." });

function page(names: string, version: number, continueToken?: string): ListPage<Versioned> {
  const items = names.split(" ").filter(Boolean).map((name, i) => thing(name, i + 1));
  return { items, resourceVersion: String(version), continueToken };
}

/** Reads against `answers`, one a call; an error among them refuses the call. */
async function read(answers: (ListPage<Versioned> | Error)[], newest = "") {
  const source = new ScriptedSource<Versioned>({ monotonic: () => 0 }, {
    onList: (call) => {
      const answer = answers.shift();
      assert(answer !== undefined, "asked for more pages than there are");
      if (answer instanceof Error) call.refuse(answer);
      else call.answer(answer);
    },
  });
  const events: string[] = [];
  const sink = (event: WatcherEvent<Versioned>) =>
    void events.push("object" in event ? `${event.type} ${written(event.object)}` : event.type);
  const { signal } = new AbortController();
  const outcome = await listPages(source, { newest, rewound: false, sink, stretch }, signal).catch((
    error: unknown,
  ) => error);
  const asked = source.lists.map(({ options }: ListCall<Versioned>) => options);
  assert(source.lists.every((call) => call.signal === signal));
  return { outcome, events, asked };
}

Deno.test("listPages() reads a single page and answers with its version, without an end of its own", async () => {
  const { outcome, events, asked } = await read([page("a b", 7)]);
  assert.equal(outcome, "7");
  assert.deepEqual(events, ["init", "initApply a@1", "initApply b@2"]);
  assert.deepEqual(asked, [{ limit: PAGE_SIZE, continueToken: undefined }]);
});

Deno.test("listPages() begins a full read even when there is nothing", async () => {
  const { outcome, events } = await read([page("", 7)]);
  assert.equal(outcome, "7");
  assert.deepEqual(events, ["init"]);
});

Deno.test("listPages() reads on where each page ended", async () => {
  const { outcome, events, asked } = await read([page("a", 7, "t1"), page("b", 7, "t2"), page("c", 7)]);
  assert.equal(outcome, "7");
  assert.deepEqual(events, ["init", "initApply a@1", "initApply b@1", "initApply c@1"]);
  assert.deepEqual(asked, [
    { limit: PAGE_SIZE, continueToken: undefined },
    { limit: PAGE_SIZE, continueToken: "t1" },
    { limit: PAGE_SIZE, continueToken: "t2" },
  ]);
});

Deno.test("listPages() starts over, in larger pages, when a continue token has expired", async () => {
  const { outcome, events, asked } = await read([page("a", 7, "t1"), GONE, page("a b", 9)]);
  assert.equal(outcome, "9");
  assert.deepEqual(events, ["init", "initApply a@1", "init", "initApply a@1", "initApply b@2"]);
  assert.deepEqual(asked, [
    { limit: PAGE_SIZE, continueToken: undefined },
    { limit: PAGE_SIZE, continueToken: "t1" },
    { limit: 4 * PAGE_SIZE, continueToken: undefined },
  ]);
});

Deno.test("listPages() starts over in ever larger pages, until all that there can be is on one", async () => {
  const tries = Array.from({ length: 6 }, (_, i) => [page("a", 7 + i, "t"), GONE]).flat();
  const { outcome, asked } = await read(tries);
  assert.equal(outcome, GONE);
  const limits = asked.filter(({ continueToken }) => continueToken === undefined).map(({ limit }) => limit);
  assert.deepEqual(limits, [500, 2_000, 8_000, 32_000, 128_000, 512_000]);
});

for (
  const [what, answers] of [
    ["a 410 on the first page", [GONE]],
    ["another error on the first page", [new ConnectionError("reset", "reset")]],
    ["another error on a later page", [
      page("a", 7, "t1"),
      new ApiError({ code: 500, reason: "", message: "" }),
    ]],
    ["a 410 on the first page of the second attempt", [page("a", 7, "t1"), GONE, GONE]],
  ] as const
) {
  Deno.test(`listPages() throws ${what}`, async () => {
    const { outcome } = await read([...answers]);
    assert.equal(outcome, answers.at(-1));
  });
}

for (const [newest, version] of [["10", 9], ["100", 99]] as const) {
  Deno.test(`listPages() refuses a list at ${version} after ${newest} was seen, before giving anything away`, async () => {
    const { outcome, events } = await read([page("a", version)], newest);
    assert(outcome instanceof StaleListError);
    assert.match(outcome.message, new RegExp(`version ${version}, older than ${newest}`));
    assert.deepEqual(events, []);
  });
}

for (const [newest, version] of [["10", 10], ["9", 10], ["", 1]] as const) {
  Deno.test(`listPages() takes a list at ${version} after "${newest}" was seen`, async () => {
    const { outcome } = await read([page("a", version)], newest);
    assert.equal(outcome, String(version));
  });
}

Deno.test("listPages() gives up on a server whose list never ends", async () => {
  let calls = 0;
  const list = () => Promise.resolve({ items: [], resourceVersion: "1", continueToken: `t${++calls}` });
  const source = { list, watch: () => Promise.reject(new Error("nobody watches here")) };
  const reading = listPages(
    source,
    { newest: "", rewound: false, sink: () => {}, stretch },
    new AbortController().signal,
  );
  await assert.rejects(reading, ConnectionError);
  assert.equal(calls, 10_000);
});

Deno.test("listPages() reads as many pages as the largest cluster has", async () => {
  const pages = Array.from({ length: 301 }, (_, i) => page("a", 7, i < 300 ? `t${i}` : undefined));
  assert.equal((await read(pages)).outcome, "7");
});
