/** `deno task bench:cluster`: measures the operator side by side with others, on a real API server or on a replay. */

import { onStopSignal } from "../../lib/cli/stop_signal.ts";
import { requireOwnMounts } from "./contender.ts";
import { machine } from "./machine.ts";
import { HELP, type Options, parseOptions, UsageError } from "./options.ts";
import { ours } from "./ours.ts";
import { measureOnCluster, type Workplace } from "./real_cluster.ts";
import { measureReplay } from "./replay.ts";
import { startReplay } from "./replay/process.ts";
import { report } from "./report.ts";
import { rounds } from "./rounds.ts";
import { clusterRows, replayRows } from "./rows.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  using stop = onStopSignal({ hangup: true });
  try {
    const options = parseOptions(args);
    if (options === undefined) console.log(HELP);
    else await bench(await withOurs(options), stop.signal);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`error: ${error.message} (see --help)`);
      return 2;
    }
    console.error(stop.signal.aborted ? "interrupted" : `error: ${(error as Error).message}`);
    return 1;
  }
}

/** The same, with this tree's operator where no other is named. */
async function withOurs(options: Options): Promise<Options> {
  return options.contenders.length > 0 ? options : { ...options, contenders: [await ours()] };
}

/** Measures and prints the table. */
async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const { pods, namespaces, replay } = options;
  await requireOwnMounts();
  const where = await machine();
  const dir = await Deno.makeTempDir({ prefix: "kube-devops-bench-" });
  try {
    const workplace = { dir, tell, signal };
    const outcome = replay ? await onReplay(options, workplace) : await onCluster(options, workplace);
    console.log(
      `${pods} pods, ${namespaces} policies${replay ? ", replayed" : ""}. ${where}.\n\n${outcome.table}`,
    );
    if (options.json === undefined) return;
    const everything = { machine: where, options, results: outcome.results };
    await Deno.writeTextFile(options.json, `${JSON.stringify(everything, null, 2)}\n`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function onCluster(options: Options, workplace: Workplace) {
  const results = await measureOnCluster(options, workplace);
  return { results, table: report(results, clusterRows(options)) };
}

async function onReplay(options: Options, { dir, tell, signal }: Workplace) {
  const { pods, namespaces, contenders, runs, restSeconds, stormSeconds } = options;
  tell("recording pods on a real API server");
  await using server = await startReplay({ pods, namespaces }, signal);
  const course = { server, dir, restSeconds, stormSeconds, signal };
  const measure = (contender: typeof contenders[number]) => measureReplay(contender, course);
  const results = await rounds({ contenders, runs, tell, measure });
  return { results, table: report(results, replayRows(options)) };
}

/** Tells how far it has come; the table alone goes to stdout. */
function tell(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}
