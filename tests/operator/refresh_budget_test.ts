/** The refresh budget: turns in order, one at a time, kept until they are used. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { RefreshBudget, REFRESHES_PER_SECOND } from "../../lib/operator/refresh_budget.ts";

Deno.test("RefreshBudget gives 20 turns a second", () => {
  assert.equal(REFRESHES_PER_SECOND, 20);
  const budget = new RefreshBudget();
  assert.deepEqual(["a", "b", "c"].map((key) => budget.waitMs(key, 1_000)), [0, 50, 100]);
});

Deno.test("RefreshBudget keeps a turn until it has come, and then gives a new one", () => {
  const budget = new RefreshBudget(10);
  assert.equal(budget.waitMs("a", 0), 0);
  assert.equal(budget.waitMs("b", 0), 100);
  assert.equal(budget.waitMs("b", 40), 60);
  assert.equal(budget.waitMs("b", 100), 0);
  assert.equal(budget.waitMs("b", 100), 100, "the turn was used");
});

Deno.test("RefreshBudget lets a turn that is late be used at once", () => {
  const budget = new RefreshBudget(10);
  budget.waitMs("a", 0);
  budget.waitMs("b", 0);
  assert.equal(budget.waitMs("b", 5_000), 0);
});

Deno.test("RefreshBudget saves up nothing while nobody asks", () => {
  const budget = new RefreshBudget(10);
  budget.waitMs("a", 0);
  assert.deepEqual(["b", "c", "d"].map((key) => budget.waitMs(key, 60_000)), [0, 100, 200]);
});

Deno.test("RefreshBudget gives a key that was forgotten a new turn", () => {
  const budget = new RefreshBudget(10);
  budget.waitMs("a", 0);
  assert.equal(budget.waitMs("b", 0), 100);
  budget.forget("b");
  budget.forget("never-seen");
  assert.equal(budget.waitMs("b", 0), 200);
});

Deno.test("RefreshBudget never gives more turns than it has, whoever asks and when", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "__proto__"), fc.nat(200)), { maxLength: 200 }),
    (asked) => {
      const budget = new RefreshBudget(10);
      let now = 0;
      const used: number[] = [];
      for (const [key, passed] of asked) {
        now += passed;
        if (budget.waitMs(key, now) === 0) used.push(now);
      }
      // A turn that came while nobody asked may be used late; so k + 1 uses take at least k − 3 spacings.
      for (let k = 4; k < used.length; k++) assert((used[k] ?? 0) - (used[0] ?? 0) >= (k - 3) * 100);
    },
  ));
});
