/** The command line of the benchmarks. */

import assert from "node:assert/strict";
import { HELP, parseOptions, UsageError } from "../../../tools/bench/options.ts";

Deno.test("without options, no other operator than this tree's is measured, five times on 10,000 pods", () => {
  const options = parseOptions([]);
  assert(options);
  assert.deepEqual(options, {
    pods: 10_000,
    namespaces: 100,
    runs: 5,
    changes: 200,
    restSeconds: 35,
    peers: [],
    contenders: [],
    replay: false,
    stormSeconds: 0,
    json: undefined,
  });
});

for (
  const { args, expected } of [
    { args: ["--quick"], expected: { pods: 1_000, namespaces: 20, runs: 1, changes: 20, restSeconds: 5 } },
    { args: ["--quick", "--pods", "50"], expected: { pods: 50, namespaces: 20, runs: 1 } },
    { args: ["--peer", "--peer-lean"], expected: { peers: ["peer", "peer-lean"] } },
    { args: ["--replay"], expected: { replay: true, pods: 150_000, namespaces: 10_000, stormSeconds: 0 } },
    { args: ["--storm"], expected: { replay: true, pods: 150_000, stormSeconds: 60 } },
    { args: ["--storm", "--quick"], expected: { replay: true, pods: 1_000, stormSeconds: 5 } },
    { args: ["--json", "out.json"], expected: { json: "out.json" } },
  ]
) {
  Deno.test(`${args.join(" ")} is understood`, () => {
    const options = parseOptions(args) as unknown as Record<string, unknown>;
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(options[name], value, name);
  });
}

Deno.test("--contender names other builds of the operator, for before and after", () => {
  const options = parseOptions([
    "--contender",
    "before=deno run -A old.ts",
    "--contender",
    "now=./kube-devops",
  ]);
  const tail = ["reconcile", "--metrics-addr", "127.0.0.1:0"];
  assert.deepEqual(options?.contenders, [
    { name: "before", command: ["deno", "run", "-A", "old.ts", ...tail] },
    { name: "now", command: ["./kube-devops", ...tail] },
  ]);
});

for (
  const { args, says } of [
    { args: ["--pods", "many"], says: /--pods is "many": write a whole number from 1 to 999999/ },
    { args: ["--runs", "0"], says: /--runs is "0"/ },
    { args: ["--rest", "1.5"], says: /--rest is "1\.5"/ },
    { args: ["--pods", "5", "--namespaces", "6"], says: /5 pods for 6 namespaces/ },
    { args: ["--contender", "./kube-devops"], says: /write name=command/ },
    { args: ["--contender", "a=x", "--contender", "a=y"], says: /a name of its own/ },
    { args: ["--replay", "--peer"], says: /leave out --peer/ },
    { args: ["--fast"], says: /--fast/ },
    { args: ["now"], says: /now/ },
  ]
) {
  Deno.test(`${args.join(" ")} is refused in a sentence`, () => {
    assert.throws(
      () => parseOptions(args),
      (error) => error instanceof UsageError && says.test(error.message),
    );
  });
}

Deno.test("--help asks for nothing else, and tells of every option", () => {
  assert.equal(parseOptions(["--help", "--pods", "5"]), undefined);
  const options = ["pods", "namespaces", "runs", "changes", "rest", "peer", "peer-lean", "contender"];
  for (const name of [...options, "replay", "storm", "quick", "json"]) {
    assert.ok(HELP.includes(`--${name} `), name);
  }
});
