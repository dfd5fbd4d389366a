/** The agenda: whose turn it is, and that changed plans leave nothing behind for long. */

import assert from "node:assert/strict";
import { Agenda, type Planned } from "../../lib/runtime/agenda.ts";

interface Entry extends Planned {
  readonly name: string;
  dueAt: number;
  isFirst: boolean;
  running: boolean;
}

function entry(name: string, dueAt: number, plan: Partial<Planned> = {}): Entry {
  return { name, dueAt, notBefore: -Infinity, isFirst: false, running: false, ...plan };
}

/** An agenda with these on it. */
function agendaOf(...entries: readonly Entry[]): Agenda<Entry> {
  const agenda = new Agenda<Entry>();
  for (const one of entries) agenda.add(one);
  return agenda;
}

/** The names of all that are due, in their turn. */
function taken(agenda: Agenda<Entry>, now: number): string[] {
  const due = agenda.takeDue(now);
  return due === undefined ? [] : [due.entry.name, ...taken(agenda, now)];
}

Deno.test("agenda.takeDue() takes what is due, what goes first before the rest, each by its time", () => {
  const agenda = agendaOf(
    entry("b", 2),
    entry("a", 1),
    entry("late", 9),
    entry("second", 4, { isFirst: true }),
    entry("first", 3, { isFirst: true }),
    entry("first and late", 8, { isFirst: true }),
  );
  assert.deepEqual(taken(agenda, 5), ["first", "second", "a", "b"]);
  assert.equal(agenda.nextAt(), 8);
  assert.deepEqual(taken(agenda, 9), ["first and late", "late"]);
  assert.equal(agenda.nextAt(), Infinity);
});

Deno.test("agenda.takeDue() tells of an entry that nobody asks for when its quiet time is over", () => {
  const agenda = agendaOf(entry("quiet", Infinity, { notBefore: 7 }));
  assert.equal(agenda.nextAt(), 7);
  assert.equal(agenda.takeDue(6), undefined);
  assert.equal(agenda.takeDue(7)?.at, 7);
});

for (
  const [what, change] of [
    ["a worker has taken", (one: Entry) => one.running = true],
    ["that is wanted at another time", (one: Entry) => one.dueAt = 20],
    ["that goes first now", (one: Entry) => one.isFirst = true],
  ] as const
) {
  Deno.test(`agenda passes over the time of an entry ${what}`, () => {
    const changed = entry("changed", 1);
    const agenda = agendaOf(changed, entry("other", 2));
    change(changed);
    assert.equal(agenda.nextAt(), 2);
    assert.deepEqual(taken(agenda, 10), ["other"]);
  });
}

Deno.test("agenda throws out the times of changed plans, and nothing that waits", () => {
  const [changing, first, other] = [
    entry("changing", 0),
    entry("first", 3, { isFirst: true }),
    entry("other", 0),
  ];
  const agenda = agendaOf(first, other);
  for (let dueAt = 10_000; dueAt > 0; dueAt--) {
    changing.dueAt = dueAt;
    agenda.add(changing);
    assert(agenda.size < 100, `${agenda.size} times for three entries`);
  }
  assert.deepEqual(taken(agenda, 10_000), ["first", "other", "changing"]);
});
