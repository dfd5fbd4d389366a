/** The command line of `deno task bench:cluster`. */

import { parseArgs } from "node:util";
import type { Contender } from "./contender.ts";
import { operator } from "./ours.ts";

/** What was asked for. */
export interface Options {
  readonly pods: number;
  readonly namespaces: number;
  readonly runs: number;
  readonly changes: number;
  readonly restSeconds: number;
  /** Whether to measure the peer, and how it treats its pods. */
  readonly peers: readonly ("peer" | "peer-lean")[];
  /** The builds of our operator to measure; this tree's, when none is named. */
  readonly contenders: readonly Contender[];
  /** Whether a replay stands in for the API server. */
  readonly replay: boolean;
  /** Seconds of storm on the replay; 0 for none. */
  readonly stormSeconds: number;
  /** Where to write all figures as JSON. */
  readonly json: string | undefined;
}

/** The command line asks for something that there is not. The message is one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What `--help` prints. */
export const HELP =
  `Measures the operator on a real API server that it starts and fills, side by side with others.

Usage: deno task bench:cluster [options]

  --pods <count>         pods in the cluster                        (default 10000)
  --namespaces <count>   namespaces, each with one policy           (default 100)
  --runs <count>         runs of each operator, taking turns        (default 5)
  --changes <count>      pod changes in a run, 400 ms apart         (default 200)
  --rest <seconds>       how long to watch it doing nothing         (default 35)
  --peer                 also measure a Go operator on controller-runtime that does the same
  --peer-lean            the same with pods stripped of managedFields and read without copies
  --contender <name=cmd> measure "cmd reconcile …" in place of this tree's bundle (repeatable), for before and after
  --replay               150000 pods in 10000 namespaces, replayed from a recording of a real API server; 3 runs
  --storm                on the replay, then 1000 pod events a second for a minute
  --quick                1 run on 1000 pods in 20 namespaces, 20 changes, 5 s of rest, 5 s of storm
  --json <file>          also write the figures of every run there

Examples:
  deno task bench:cluster --quick
  deno task bench:cluster --peer
  deno task bench:cluster --storm
  deno task bench:cluster --contender "before=../before/dist/kube-devops" --contender "now=dist/kube-devops"`;

const FULL = { pods: "10000", namespaces: "100", runs: "5", changes: "200", rest: "35" };
const REPLAY = { ...FULL, pods: "150000", namespaces: "10000", runs: "3" };
const QUICK = { pods: "1000", namespaces: "20", runs: "1", changes: "20", rest: "5" };

/** Reads the command line; undefined when it asks for help. @throws {UsageError} */
export function parseOptions(args: readonly string[]): Options | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  const storm = given.storm ?? false;
  const replay = given.replay ?? storm;
  const defaults = given.quick ? QUICK : replay ? REPLAY : FULL;
  const number = (name: keyof typeof FULL, most: number) => {
    const text = given[name] ?? defaults[name];
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
    throw new UsageError(`--${name} is "${text}": write a whole number from 1 to ${most}.`);
  };
  const pods = number("pods", 999_999);
  const namespaces = number("namespaces", 99_999);
  if (pods < namespaces) {
    throw new UsageError(`There are ${pods} pods for ${namespaces} namespaces: give each one at least.`);
  }
  const peers = [
    ...(given.peer ? ["peer" as const] : []),
    ...(given["peer-lean"] ? ["peer-lean" as const] : []),
  ];
  if (replay && peers.length > 0) {
    throw new UsageError(
      "The replay answers only what kube-devops asks: leave out --peer, or --replay and --storm.",
    );
  }
  const contenders = given.contender?.map(toContender) ?? [];
  const names = contenders.map(({ name }) => name);
  if (new Set(names).size < names.length) throw new UsageError("Give each --contender a name of its own.");
  return {
    pods,
    namespaces,
    runs: number("runs", 99),
    changes: number("changes", 9_999),
    restSeconds: number("rest", 3_600),
    peers,
    contenders,
    replay,
    stormSeconds: storm ? (given.quick ? 5 : 60) : 0,
    json: given.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        pods: { type: "string" },
        namespaces: { type: "string" },
        runs: { type: "string" },
        changes: { type: "string" },
        rest: { type: "string" },
        peer: { type: "boolean" },
        "peer-lean": { type: "boolean" },
        contender: { type: "string", multiple: true },
        replay: { type: "boolean" },
        storm: { type: "boolean" },
        quick: { type: "boolean" },
        json: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function toContender(text: string): Contender {
  const [, name, command] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined || command === undefined) {
    throw new UsageError(`--contender is "${text}": write name=command, with a lower-case name.`);
  }
  return operator(name, command.split(/\s+/));
}
