/** Runs the suites of tests: each with the permissions that it may have, and one line at the end that counts them all. */

import { parseArgs } from "node:util";

interface Suite {
  readonly name: string;
  readonly args: readonly string[];
}

/** Fail a test that leaves something open; a cluster that several tests share would count as that. */
const SANITIZE = ["--sanitize-ops", "--sanitize-resources"];

/** What makes the bundle first, which takes longer than all other tests in which it is not needed. */
const BUNDLING = [
  "tests/bundle",
  "tests/tools/compile",
  "tests/tools/compile_test.ts",
  "tests/tools/container_test.ts",
];

/** What fills a cluster of the largest size to weigh it: beside other tests it would hold up both. */
const WEIGHING = ["tests/operator/largest_cluster_test.ts"];

/** What takes minutes, on all processors. */
const LONG = ["tests/model/at_length_test.ts"];

/** Without a cluster. The pure rooms get no permissions at all, which proves that they are pure. */
const LOCAL: readonly Suite[] = [
  { name: "pure rooms", args: [...SANITIZE, "--parallel", "tests/api", "tests/policy", "tests/runtime"] },
  {
    name: "other rooms",
    args: [
      ...SANITIZE,
      "-A",
      "--parallel",
      "tests/kube",
      "tests/metrics",
      "tests/model",
      "tests/operator",
      "tests/cli",
      "tests/contract",
      "tests/fuzz",
      "tests/sandbox",
      "tests/tools",
      `--ignore=${[...BUNDLING, ...WEIGHING, ...LONG].join()}`,
    ],
  },
  { name: "examples of the library and the README", args: ["-A", "--doc", "lib/mod.ts", "README.md"] },
];

/** On a real API server; and, since they take their time, the largest cluster, the model at length, and the bundle as it is released. */
const CLUSTER: readonly Suite[] = [
  { name: "the largest cluster", args: [...SANITIZE, "-A", ...WEIGHING] },
  { name: "the model, at length", args: [...SANITIZE, "-A", ...LONG] },
  { name: "the bundle", args: [...SANITIZE, "-A", "--parallel", ...BUNDLING] },
  { name: "real API server", args: ["-A", "tests/cluster"] },
];

/** The operator on a real API server, behind a proxy that does to it whatever networks do. */
const FAULTS: Suite = { name: "the campaign of faults", args: ["-A", "tests/faults"] };

const { positionals, values: { nightly } } = parseArgs({
  allowPositionals: true,
  options: { nightly: { type: "boolean", default: false } },
});
const required = Deno.env.get("CLUSTER_TESTS") === "required";
const suites = positionals.includes("faults")
  ? [nightly ? { ...FAULTS, args: [...FAULTS.args, "--", "--nightly"] } : FAULTS]
  : positionals.includes("cluster")
  ? CLUSTER
  : required
  ? [...LOCAL, ...CLUSTER, FAULTS]
  : LOCAL;

let [passed, failed, errors] = [0, 0, ""];
for (const suite of suites) {
  console.log(`\n── ${suite.name}`);
  const result = await run(suite);
  passed += result.passed;
  failed += result.failed;
  errors += result.errors;
}
if (suites === LOCAL) {
  console.log(
    "\nThe tests of the largest cluster, of the bundle and on a real API server are separate: deno task test:cluster, test:faults",
  );
}
// Again, since what failed first is far away by now.
if (errors !== "") console.log(errors);
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);

/** Types are left to `deno task check`. A suite that ends without counting (it did not compile, say) counts as one failure. */
async function run({ name, args }: Suite): Promise<{ passed: number; failed: number; errors: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-prompt", "--no-check", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    await Deno.stdout.write(new TextEncoder().encode(chunk));
  }
  const { success } = await child.status;
  // deno-lint-ignore no-control-regex -- the runner colours its last line
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  const [, passed, failed] = [...plain.matchAll(/\| (\d+) passed.*?\| (\d+) failed/g)].at(-1) ?? [];
  const [errors = "no test says why"] = /^ ERRORS $.*(?=^FAILED \|)/ms.exec(plain) ?? [];
  return {
    passed: Number(passed ?? 0),
    failed: success ? 0 : Math.max(1, Number(failed ?? 1)),
    errors: success ? "" : `\n── ${name}\n${errors}`,
  };
}
