/** Probing: while nobody answers, one call at a time asks whether somebody does, and the first answer ends it. */

import assert from "node:assert/strict";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import { ConnectionError } from "../../lib/api/errors.ts";
import { Line } from "../../lib/api/line.ts";
import { Reachability } from "../../lib/operator/reachability.ts";
import { Store } from "../../lib/runtime/store.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

const SILENT = new ConnectionError("timeout", "no answer");
const POLICY: DevOpsPolicy = {
  namespace: "production",
  name: "strict",
  resourceVersion: "1",
  metadata: {},
  spec: {},
  status: undefined,
};

/** A reachability at work, with one policy unless said; `probes` are the calls that it has made. */
function probing({ isEmpty = false }: { isEmpty?: boolean } = {}) {
  const clock = new ManualClock();
  const startedAt = clock.monotonic();
  const line = new Line();
  const policies = new Store<DevOpsPolicy>();
  if (!isEmpty) policies.apply(POLICY);
  const probes: { at: number; signal: AbortSignal; answer: PromiseWithResolvers<void> }[] = [];
  const client = {
    probe: (_ref: unknown, signal: AbortSignal) => {
      const answer = Promise.withResolvers<void>();
      probes.push({ at: (clock.monotonic() - startedAt) / 1_000, signal, answer });
      signal.addEventListener("abort", () => answer.reject(signal.reason));
      return answer.promise;
    },
  };
  const stopping = new AbortController();
  const running = new Reachability({ line, clock, random: () => 0 }).run(
    { policies, client },
    stopping.signal,
  );
  return {
    clock,
    line,
    policies,
    probes,
    probedAt: () => probes.map(({ at }) => at),
    stop: async () => {
      stopping.abort();
      await running;
      assert.equal(clock.pending, 0);
      assert(probes.every(({ signal }) => signal.aborted), "no call is left");
    },
  };
}

Deno.test("nobody is asked while somebody answers", async () => {
  const { clock, line, probes, stop } = probing();
  await clock.advance(600_000);
  line.open();
  await clock.advance(600_000);
  assert.deepEqual(probes, []);
  await stop();
});

Deno.test("when nobody answers one is asked at once, and no other before that one has failed", async () => {
  const { clock, line, probes, probedAt, stop } = probing();
  await clock.advance(5_000);
  line.close();
  await clock.advance(30_000);
  assert.deepEqual(probedAt(), [5]);
  probes[0]!.answer.reject(SILENT);
  await clock.advance(30_000);
  assert.deepEqual(probedAt(), [5, 36]);
  await stop();
});

Deno.test("an outage of ten minutes is asked about ever more slowly, 20 times at most", async () => {
  const { clock, line, probes, probedAt, stop } = probing();
  line.close();
  for (let second = 0; second < 600; second++) {
    await clock.advance(1_000);
    probes.at(-1)?.answer.reject(SILENT);
    await settled();
  }
  assert.deepEqual(probedAt().slice(0, 4), [0, 2, 4, 8]);
  assert(probedAt().length >= 10 && probedAt().length <= 20, `${probedAt()}`);
  await stop();
});

Deno.test("the answer opens the line, and the next outage is asked about at once again", async () => {
  const { clock, line, probes, probedAt, stop } = probing();
  for (const at of [0, 100]) {
    line.close();
    await clock.advance(0);
    probes.at(-1)!.answer.reject(SILENT);
    await clock.advance(1_000);
    assert.deepEqual(probedAt().slice(-2), [at, at + 1]);
    probes.at(-1)!.answer.resolve();
    await clock.advance(99_000);
    assert.equal(line.isOpen, true);
  }
  assert.equal(probes.length, 4);
  await stop();
});

Deno.test("whoever else is answered ends the asking, and the call that is under way", async () => {
  const { clock, line, probes, stop } = probing();
  line.close();
  await clock.advance(0);
  assert.equal(probes[0]!.signal.aborted, false);
  line.open();
  await clock.advance(60_000);
  assert.equal(probes[0]!.signal.aborted, true);
  assert.equal(probes.length, 1);
  await stop();
});

Deno.test("without a policy nobody is asked, and with the first one somebody is", async () => {
  const { clock, line, policies, probes, stop } = probing({ isEmpty: true });
  line.close();
  await clock.advance(120_000);
  assert.equal(probes.length, 0);
  assert.equal(line.isOpen, false);
  policies.apply(POLICY);
  await clock.advance(45_000);
  assert.equal(probes.length, 1);
  await stop();
});
