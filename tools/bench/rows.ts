/** What the tables tell: the figures of a run on a real server, and of one on the replay. */

import type { Figures, Tally } from "./measure.ts";
import type { ReplayFigures, StormFigures } from "./replay.ts";
import { compared, counted, type Row } from "./report.ts";
import { percentile } from "./statistics.ts";

/** What was asked for, as far as titles tell it. */
export interface Asked {
  readonly changes: number;
  readonly restSeconds: number;
  readonly stormSeconds: number;
}

/** Whatever verb an operator prefers. */
const WRITES = ["create", "update", "patch", "delete"];

/** Of a run on a real API server. */
export function clusterRows({ changes, restSeconds }: Asked): readonly Row<Figures>[] {
  return [
    compared("cold start until every status is true", "seconds", ({ coldMs }) => coldMs / 1000),
    compared("start until both watches are asked for", "milliseconds", ({ watchingMs }) => watchingMs),
    compared("cold start, in the time of its writes alone", "times", ({ coldMs, bareMs }) => coldMs / bareMs),
    compared("processor time for the cold start", "seconds", (figures) => figures.coldProcessorSeconds),
    compared("resident memory, peak", "megabytes", ({ peakMemory }) => peakMemory),
    compared("resident memory, at rest", "megabytes", ({ restMemory }) => restMemory),
    compared("pod change → status, p50", "milliseconds", ({ changeMs }) => percentile(changeMs, 50)),
    compared("pod change → status, p99", "milliseconds", ({ changeMs }) => percentile(changeMs, 99)),
    compared("pod change → status, max", "milliseconds", ({ changeMs }) => percentile(changeMs, 100)),
    counted(`status writes for ${changes} pod changes`, ({ statusWrites }) => statusWrites),
    counted("lists at the start", ({ requests }) => sumOf(requests.cold, ["list"])),
    counted(
      "lists after the start",
      ({ requests }) => sumOf(requests.changes, ["list"]) + sumOf(requests.rest, ["list"]),
    ),
    counted("watches at the start", ({ requests }) => sumOf(requests.cold, ["watch"])),
    counted("gets at the start", ({ requests }) => sumOf(requests.cold, ["get"])),
    counted("writes at the start", ({ requests }) => sumOf(requests.cold, WRITES)),
    compared(
      `processor time in ${restSeconds} s at rest`,
      "seconds",
      (figures) => figures.restProcessorSeconds,
    ),
    counted(`requests in ${restSeconds} s at rest`, ({ requests }) => sumOf(requests.rest)),
  ];
}

/** Of a run on the replay; with a storm, what that came to as well. */
export function replayRows({ restSeconds, stormSeconds }: Asked): readonly Row<ReplayFigures>[] {
  return [
    compared("cold start until every status is true", "seconds", ({ coldMs }) => coldMs / 1000),
    compared("processor time for it", "seconds", (figures) => figures.coldProcessorSeconds),
    compared("resident memory, peak", "megabytes", ({ peakMemory }) => peakMemory),
    compared("resident memory, at rest", "megabytes", ({ restMemory }) => restMemory),
    compared(
      `processor time in ${restSeconds} s at rest`,
      "seconds",
      (figures) => figures.restProcessorSeconds,
    ),
    counted("requests at the start", ({ requests }) => sumOf(requests)),
    compared("all pods read again", "seconds", ({ relist }) => relist.ms / 1000),
    compared("all pods read again: processor time", "seconds", ({ relist }) => relist.processorSeconds),
    compared(
      "all pods read again: wait of a probe, p99",
      "milliseconds",
      ({ relist }) => percentile(relist.probeMs, 99),
    ),
    compared(
      "all pods read again: wait of a probe, max",
      "milliseconds",
      ({ relist }) => percentile(relist.probeMs, 100),
    ),
    compared("all pods read again: resident memory, peak", "megabytes", ({ relist }) => relist.peakMemory),
    ...(stormSeconds > 0 ? stormRows() : []),
  ];
}

function stormRows(): readonly Row<ReplayFigures>[] {
  const of = (read: (storm: StormFigures) => number) => ({ storm }: ReplayFigures) =>
    storm ? read(storm) : NaN;
  return [
    counted("storm: pod events", of(({ events }) => events)),
    counted("storm: statuses wrong in the end", of(({ wrong }) => wrong)),
    compared("storm: last event → every status true", "milliseconds", of(({ rightAfterMs }) => rightAfterMs)),
    counted("storm: status writes", of(({ statusWrites }) => statusWrites)),
    counted("storm: most writes of one status in a second", of(({ mostWritesASecond }) => mostWritesASecond)),
    compared(
      "storm: closest writes of one status",
      "milliseconds",
      of(({ closestWritesMs }) => closestWritesMs ?? 0),
    ),
    compared("storm: wait of a probe, p50", "milliseconds", of(({ probeMs }) => percentile(probeMs, 50))),
    compared("storm: wait of a probe, p99.9", "milliseconds", of(({ probeMs }) => percentile(probeMs, 99.9))),
    compared("storm: wait of a probe, max", "milliseconds", of(({ probeMs }) => percentile(probeMs, 100))),
    compared("storm: processor time", "seconds", of(({ processorSeconds }) => processorSeconds)),
    compared("storm: resident memory, peak", "megabytes", of(({ peakMemory }) => peakMemory)),
  ];
}

/** How many requests of these verbs there were; of all, when none is named. */
function sumOf(tally: Tally, verbs: readonly string[] = Object.keys(tally)): number {
  return verbs.reduce((sum, verb) => sum + (tally[verb] ?? 0), 0);
}
