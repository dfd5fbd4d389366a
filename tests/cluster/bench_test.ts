// The benchmarks themselves, at their smallest: they fill a real API server, measure, and print what they say they do.

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Figures } from "../../tools/bench/measure.ts";
import type { ReplayFigures } from "../../tools/bench/replay.ts";
import type { Result } from "../../tools/bench/report.ts";

const BENCH = new URL("../../tools/bench/cluster.ts", import.meta.url).pathname;

/** Runs the benchmark to its end; what it printed, and the figures of its only run. */
async function bench<Figures>(
  ...args: string[]
): Promise<{ stdout: string; stderr: string; figures: Figures }> {
  const json = join(await Deno.makeTempDir(), "figures.json");
  try {
    const output = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", BENCH, "--runs", "1", "--json", json, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.timeout(180_000),
    }).output();
    const decoder = new TextDecoder();
    const [stdout, stderr] = [decoder.decode(output.stdout), decoder.decode(output.stderr)];
    assert.equal(output.code, 0, stderr);
    const { results } = JSON.parse(await Deno.readTextFile(json)) as { results: Result<Figures>[] };
    return { stdout, stderr, figures: results[0]!.runs[0]! };
  } finally {
    await Deno.remove(dirname(json), { recursive: true });
  }
}

Deno.test("bench:cluster measures the operator on 200 real pods in 5 namespaces", async () => {
  const { stdout, stderr, figures } = await bench<Figures>(
    ...["--pods", "200", "--namespaces", "5", "--changes", "3", "--rest", "1"],
  );
  assert.match(stdout, /^200 pods, 5 policies\. .* GB, Linux /);
  assert.match(stdout, /^\| cold start until every status is true +\| \d+\.\d\d s +\|$/m);
  const [, podBytes] = /a pod is (\d+) bytes of JSON/.exec(stderr) ?? [];
  assert.ok(Number(podBytes) > 7_000, `pods are as large as in real clusters: ${podBytes} bytes`);
  assert.deepEqual(figures.requests.cold, { watch: 2, patch: 10 });
  assert.deepEqual(figures.requests.changes, { patch: 3 });
  assert.equal(figures.statusWrites, 3);
  assert.equal(figures.changeMs.length, 3);
  assert.ok(figures.coldMs > 0 && figures.coldProcessorSeconds > 0);
  assert.ok(figures.peakMemory >= figures.restMemory && figures.restMemory > 10_000_000);
});

Deno.test("bench:cluster --storm measures the operator on replayed pods, and every status is right after the storm", async () => {
  const { stdout, figures } = await bench<ReplayFigures>(
    ...["--storm", "--quick", "--pods", "200", "--namespaces", "10"],
  );
  assert.match(stdout, /^200 pods, 10 policies, replayed\. /);
  assert.match(stdout, /^\| storm: statuses wrong in the end +\| 0 +\|$/m);
  assert.deepEqual(figures.requests, {
    "watch pods": 1,
    "watch policies": 1,
    "patch policies": 10,
    "patch policies/status": 10,
  });
  assert.equal(figures.storm?.wrong, 0);
  assert.equal(figures.storm?.events, 5_000);
  assert.ok(figures.storm.statusWrites >= 10 && figures.storm.mostWritesASecond <= 11);
  assert.ok(figures.storm.probeMs.length > 0);
});

Deno.test("bench:cluster refuses what it does not know, with the code for wrong usage", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", BENCH, "--pods", "many"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 2);
  const text = new TextDecoder().decode(stderr);
  assert.match(text, /^error: --pods is "many": write a whole number from 1 to 999999\. \(see --help\)$/m);
});

for (
  const { what, args, begun } of [
    { what: "filling a cluster", args: ["--pods", "5000"], begun: "500 of 5000 pods created" },
    { what: "recording", args: ["--storm"], begun: "recording pods" },
  ]
) {
  Deno.test(`bench:cluster ends soon when it is interrupted while ${what}, and leaves nothing behind`, async () => {
    const dir = await Deno.makeTempDir();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", BENCH, ...args],
      env: { TMPDIR: dir },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      const begins = !said.includes(begun) && (said + text).includes(begun);
      said += text;
      if (begins) child.kill("SIGINT");
    }
    assert.equal((await child.status).code, 1, said);
    assert.match(said, /^interrupted$/m);
    assert.deepEqual([...Deno.readDirSync(dir)], []);
    await Deno.remove(dir);
  });
}
