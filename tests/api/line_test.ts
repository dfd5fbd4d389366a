/** The line: when it is open, whom it lets know, and whose word closes it. */

import assert from "node:assert/strict";
import { Line } from "../../lib/api/line.ts";
import { settled } from "../support/manual_clock.ts";

const NEVER = new AbortController().signal;

Deno.test("Line is open until it is closed, and again with the first answer", () => {
  const line = new Line();
  assert.equal(line.isOpen, true);
  line.close();
  line.close();
  assert.equal(line.isOpen, false);
  line.open();
  assert.equal(line.isOpen, true);
  assert.equal(line.answers, 1);
});

Deno.test("Line is closed by a call that nobody answered, and opened by any that somebody did", () => {
  const line = new Line();
  const [first, second] = [line.sent(), line.sent()];
  first(false);
  assert.equal(line.isOpen, false);
  second(true);
  assert.equal(line.isOpen, true);
});

Deno.test("Line stays open when somebody else was answered while a call waited in vain", () => {
  const line = new Line();
  const [unlucky, lucky] = [line.sent(), line.sent()];
  lucky(true);
  unlucky(false);
  assert.equal(line.isOpen, true);
  line.sent()(false);
  assert.equal(line.isOpen, false, "of one that was sent after the answer it is news");
});

for (const [turn, other] of [["opened", "closed"], ["closed", "opened"]] as const) {
  Deno.test(`Line lets know when it is ${turn}, each time, and gives up waiting with the signal`, async () => {
    const line = new Line();
    const to = { opened: () => line.open(), closed: () => line.close() };
    for (let i = 0; i < 2; i++) {
      to[other]();
      let heard = false;
      void line[turn](NEVER).then(() => heard = true);
      await settled();
      assert.equal(heard, false);
      to[turn]();
      await settled();
      assert.equal(heard, true);
      await line[turn](NEVER);
    }
    to[other]();
    const stop = new AbortController();
    const waiting = line[turn](stop.signal);
    stop.abort();
    await waiting;
    await line[turn](stop.signal);
  });
}
