/** Runs the suites of tests: each with the permissions that it may have, and one line at the end that counts them all. */

import { parseArgs } from "node:util";

interface Suite {
  readonly name: string;
  /** Of `deno test`. */
  readonly flags: readonly string[];
  /** Files, and folders of files. */
  readonly paths: readonly string[];
  /** What of them belongs to another suite: the runner's own `--ignore` looks at the first of several folders alone. */
  readonly except?: readonly string[];
  /** Arguments for the tests. */
  readonly args?: readonly string[];
}

/** Fail a test that leaves something open; a cluster that several tests share would count as that. */
const SANITIZE = ["--sanitize-ops", "--sanitize-resources"];

/** How many files are tested at once: one more than there are processors, as tests of processes mostly wait for them. */
const JOBS = Deno.env.get("DENO_JOBS") ?? String(navigator.hardwareConcurrency + 1);

/** What makes the bundle first, which takes longer than all other tests in which it is not needed. */
const BUNDLING = [
  "tests/bundle",
  "tests/tools/compile",
  "tests/tools/compile_test.ts",
  "tests/tools/container_test.ts",
];

/** What runs kubectl, a process for each command, and builds it where there is none. */
const BY_KUBECTL = [
  "tests/cli/demo/kubectl_test.ts",
  "tests/sandbox/kubectl_policies_test.ts",
  "tests/sandbox/kubectl_test.ts",
];

/** What fills a cluster of the largest size to weigh it: beside other tests it would hold up both. */
const WEIGHING = ["tests/operator/largest_cluster_test.ts"];

/** What takes minutes, on all processors. */
const LONG = ["tests/model/at_length_test.ts"];

/** Without a cluster. The pure rooms get no permissions at all, which proves that they are pure. */
const LOCAL: readonly Suite[] = [
  {
    name: "pure rooms",
    flags: [...SANITIZE, "--parallel"],
    paths: ["tests/api", "tests/policy", "tests/runtime", "tests/support"],
  },
  {
    name: "other rooms",
    flags: [...SANITIZE, "-A", "--parallel"],
    // What takes longest begins first.
    paths: [
      "tests/cli",
      "tests/model",
      "tests/kube",
      "tests/metrics",
      "tests/operator",
      "tests/contract",
      "tests/fuzz",
      "tests/sandbox",
      "tests/tools",
    ],
    except: [...BUNDLING, ...BY_KUBECTL, ...WEIGHING, ...LONG],
  },
  {
    name: "examples of the library and the README",
    flags: ["-A", "--doc"],
    paths: ["lib/mod.ts", "README.md"],
  },
];

/** On a real API server; and what else takes its time: kubectl, the largest cluster, the model at length, the bundle as it is released. */
const CLUSTER: readonly Suite[] = [
  { name: "the largest cluster", flags: [...SANITIZE, "-A"], paths: WEIGHING },
  { name: "the model, at length", flags: [...SANITIZE, "-A"], paths: LONG },
  { name: "kubectl, on the sandbox", flags: [...SANITIZE, "-A", "--parallel"], paths: BY_KUBECTL },
  { name: "the bundle", flags: [...SANITIZE, "-A", "--parallel"], paths: BUNDLING },
  { name: "real API server", flags: ["-A"], paths: ["tests/cluster"] },
];

/** The operator on a real API server, behind a proxy that does to it whatever networks do. */
const FAULTS: Suite = { name: "the campaign of faults", flags: ["-A"], paths: ["tests/faults"] };

/** The same, and what takes ten minutes in real time. */
const NIGHTLY: Suite = { ...FAULTS, args: ["--nightly"] };

/** What can be asked for by name. */
const NAMED = new Map([["cluster", CLUSTER], ["faults", [FAULTS]], ["nightly", [NIGHTLY]]]);

const [name] = parseArgs({ allowPositionals: true }).positionals;
if (name !== undefined && !NAMED.has(name)) {
  console.error(
    `There are no tests called "${name}". Ask for one of ${[...NAMED.keys()].join(", ")}, or for none.`,
  );
  Deno.exit(2);
}
const required = Deno.env.get("CLUSTER_TESTS") === "required";
const suites = (name === undefined ? undefined : NAMED.get(name)) ??
  (required ? [...LOCAL, ...CLUSTER, FAULTS] : LOCAL);

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
    "\nThe tests by kubectl, of the largest cluster, of the bundle and on a real API server are separate: deno task test:cluster, test:faults, test:nightly",
  );
}
// Again, since what failed first is far away by now.
if (errors !== "") console.log(errors);
console.log(`\n${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);

/** Types are left to `deno task check`. A suite that ends without counting (it did not compile, say) counts as one failure. */
async function run(
  { name, flags, paths, except = [], args = [] }: Suite,
): Promise<{ passed: number; failed: number; errors: string }> {
  const files = paths.flatMap(filesIn).filter((file) =>
    !except.some((path) => file === path || file.startsWith(`${path}/`))
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-prompt", "--no-check", ...flags, ...files, "--", ...args],
    env: { DENO_JOBS: JOBS },
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

/** The tests in a folder and below it; a file is itself. */
function filesIn(path: string): string[] {
  if (Deno.statSync(path).isFile) return [path];
  return Array.from(Deno.readDirSync(path)).flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${path}/${name}`) : name.endsWith("_test.ts") ? [`${path}/${name}`] : []
  );
}
