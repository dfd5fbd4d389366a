/** What benchmarks read and what they make of it: processes, audit logs, medians, tables. */

import assert from "node:assert/strict";
import { parseAudit } from "../../../tools/bench/audit.ts";
import { parseMemory, parseProcessorSeconds } from "../../../tools/bench/process_figures.ts";
import { compared, counted, report } from "../../../tools/bench/report.ts";
import { rounds } from "../../../tools/bench/rounds.ts";
import { median, percentile } from "../../../tools/bench/statistics.ts";

for (
  const { values, expected } of [
    { values: [3], expected: 3 },
    { values: [9, 1, 5], expected: 5 },
    { values: [10, 2, 4, 100], expected: 7 },
  ]
) {
  Deno.test(`median() of ${values.join(", ")} is ${expected}`, () => assert.equal(median(values), expected));
}

for (
  const { percent, expected } of [
    { percent: 0, expected: 1 },
    { percent: 50, expected: 100 },
    { percent: 99, expected: 198 },
    { percent: 99.9, expected: 200 },
    { percent: 100, expected: 200 },
  ]
) {
  Deno.test(`percentile() of 1 to 200 at ${percent} is ${expected}`, () => {
    const values = Array.from({ length: 200 }, (_, i) => 200 - i);
    assert.equal(percentile(values, percent), expected);
    assert.equal(values[0], 200, "the values stay as they are");
  });
}

Deno.test("there is no median or percentile of nothing", () => {
  assert.throws(() => median([]), RangeError);
  assert.throws(() => percentile([], 50), RangeError);
});

Deno.test("parseMemory() reads the peak and the present, and says when the process has ended", () => {
  const status = "Name:\tdeno\nVmPeak:\t  999 kB\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\nRssAnon:\t 1 kB\n";
  assert.deepEqual(parseMemory(status), { peak: 2_097_152, resident: 1_048_576 });
  assert.throws(() => parseMemory("Name:\tdeno\nState:\tZ (zombie)\n"), /has ended/);
});

Deno.test("parseProcessorSeconds() is not misled by the name of a program", () => {
  const fields = "S 1 1 1 0 -1 4194304 500 0 0 0 123 77 9 9 20 0 10 0 5000 1000 10";
  for (const name of ["deno", "a) S 9 9 (b", "x y"]) {
    assert.equal(parseProcessorSeconds(`42 (${name}) ${fields}`), 2);
  }
});

const event = (verb: string, stage: string, objectRef: object, code = 200) =>
  JSON.stringify({
    verb,
    stage,
    user: { username: "x" },
    objectRef,
    responseStatus: { code },
    requestReceivedTimestamp: "1970-01-01T00:00:01.500000Z",
  });

Deno.test("parseAudit() counts a watch when it begins and everything else when it is answered", () => {
  const log = [
    event("watch", "ResponseStarted", { resource: "pods" }),
    event("patch", "ResponseComplete", {
      resource: "devopspolicies",
      subresource: "status",
      namespace: "shop",
    }, 409),
    event("watch", "ResponseComplete", { resource: "pods" }),
    JSON.stringify({
      verb: "get",
      stage: "ResponseComplete",
      user: { username: "x" },
      requestReceivedTimestamp: "1970-01-01T00:00:02.000000Z",
    }),
  ].join("\n") + "\n";
  assert.deepEqual(parseAudit(log), [
    { verb: "watch", resource: "pods", namespace: "", code: 200, receivedAt: 1_500 },
    { verb: "patch", resource: "devopspolicies/status", namespace: "shop", code: 409, receivedAt: 1_500 },
    { verb: "get", resource: "", namespace: "", code: 0, receivedAt: 2_000 },
  ]);
  assert.deepEqual(parseAudit(""), []);
});

interface Figures {
  readonly ms: number;
  readonly writes: number;
}

const ROWS = [
  compared<Figures>("cold start", "milliseconds", ({ ms }) => ms),
  counted<Figures>("writes", ({ writes }) => writes),
];

Deno.test("report() puts medians side by side, with their spread and the first one's share", () => {
  const results = [
    { name: "ours", runs: [{ ms: 12, writes: 5 }, { ms: 10, writes: 5 }, { ms: 11, writes: 5 }] },
    { name: "theirs", runs: [{ ms: 20, writes: 7 }, { ms: 24, writes: 5 }, { ms: 22, writes: 5 }] },
  ];
  assert.equal(
    report(results, ROWS),
    `\
| median of 3 runs | ours                | theirs              | ÷ theirs |
| ---------------- | ------------------- | ------------------- | -------- |
| cold start       | 11.0 ms (10.0–12.0) | 22.0 ms (20.0–24.0) | 0.50     |
| writes           | 5                   | 5 (5–7)             |          |`,
  );
});

Deno.test("report() of one operator's only run has neither spread nor share, and divides by nothing", () => {
  const alone = [{ name: "ours", runs: [{ ms: 12, writes: 5 }] }];
  assert.equal(
    report(alone, ROWS),
    "| one run    | ours    |\n| ---------- | ------- |\n| cold start | 12.0 ms |\n| writes     | 5       |",
  );
  const idle = [...alone, { name: "idle", runs: [{ ms: 0, writes: 0 }] }];
  assert.match(report(idle, ROWS), /^\| cold start \| 12\.0 ms \| 0\.0 ms \| {8}\|$/m);
});

Deno.test("rounds() lets each operator go first as often as the others", async () => {
  const order: string[] = [];
  const told: string[] = [];
  const results = await rounds({
    contenders: [{ name: "a", command: [] }, { name: "b", command: [] }],
    runs: 2,
    measure: ({ name }) => Promise.resolve(order.push(name)),
    tell: (text) => told.push(text),
  });
  assert.deepEqual(order, ["a", "b", "b", "a"]);
  assert.deepEqual(results, [{ name: "a", runs: [1, 4] }, { name: "b", runs: [2, 3] }]);
  assert.equal(told[0], "run 1 of 2: a");
});
