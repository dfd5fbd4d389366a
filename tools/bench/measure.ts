/** One run of one operator: a cold start, a number of pod changes, and a rest, with what each of them takes. */

import type { ControlPlane } from "../../tests/cluster/control_plane.ts";
import { createServiceAccountToken } from "../../tests/cluster/fixtures.ts";
import type { AuditLog, Request } from "./audit.ts";
import { type Contender, type RunningContender, startContender } from "./contender.ts";
import { reset, setFirstImage, writeBare } from "./fill.ts";
import { namespaceName } from "./plan.ts";
import { PolicyWatch } from "./policy_watch.ts";
import type { World } from "./world.ts";

/** Where operators are measured. */
export interface Course {
  readonly cluster: ControlPlane;
  readonly audit: AuditLog;
  readonly world: World;
  /** A folder for tokens and logs. */
  readonly dir: string;
  /** Pod changes in a run. */
  readonly changes: number;
  /** How long to watch it doing nothing. */
  readonly restSeconds: number;
  readonly signal: AbortSignal;
}

/** What one run came to. */
export interface Figures {
  /** From the start of the process until every status was seen to say the truth. */
  readonly coldMs: number;
  /** From the start of the process until the API server had been asked for pods and policies. */
  readonly watchingMs: number;
  /** What the writes of the cold start take when nothing has to be read or computed for them. */
  readonly bareMs: number;
  readonly coldProcessorSeconds: number;
  /** Of the whole run; bytes. */
  readonly peakMemory: number;
  /** At the end of the rest; bytes. */
  readonly restMemory: number;
  readonly restProcessorSeconds: number;
  /** For each pod change, from the answer to it until the new status was seen. */
  readonly changeMs: readonly number[];
  /** Status writes to the policies of changed pods, while they were changed. */
  readonly statusWrites: number;
  readonly requests: { readonly cold: Tally; readonly changes: Tally; readonly rest: Tally };
}

/** Requests by verb. */
export type Tally = Readonly<Record<string, number>>;

/** Where service accounts of operators live. */
export const ACCOUNTS_NAMESPACE = "default";

const COLD_LIMIT_MS = 180_000;
const CHANGE_LIMIT_MS = 10_000;
/** Changes are this far apart, and a bit more, so that no timer of an operator keeps in step with them. */
const CHANGE_EVERY_MS = 400;
const JITTER_MS = [0, 17, 34, 51, 68];
/** Every namespace is changed again before a heartbeat of its policy is due, which would count as a write. */
const CHANGED_NAMESPACES = 20;
/** What a cold start, or a reset, leaves to be done is done by then. */
const SETTLE_MS = 3_000;

/** Measures one run of `contender`. @throws when it ends, or does not come to say the truth */
export async function measure(contender: Contender, course: Course): Promise<Figures> {
  const { cluster, world, signal } = course;
  await reset(cluster, world, signal);
  await using watch = await PolicyWatch.open(cluster);
  await delay(SETTLE_MS);
  const figures = await run(contender, watch, course);
  const { policies } = watch;
  await reset(cluster, world, signal);
  await delay(SETTLE_MS);
  return { ...figures, bareMs: await writeBare(cluster, policies, signal) };
}

/** What is measured while the operator runs. */
async function run(
  contender: Contender,
  watch: PolicyWatch,
  course: Course,
): Promise<Omit<Figures, "bareMs">> {
  const { cluster, audit, world, dir, signal } = course;
  const token = await createServiceAccountToken(cluster, ACCOUNTS_NAMESPACE, contender.name);
  const { url, caPem } = cluster;
  const marks = [await audit.end()];
  await using running = await startContender(contender, { url, caPem, token }, { dir, signal });

  const trueAt = await running.during(watch.tellTruth(world.totals, COLD_LIMIT_MS));
  const coldProcessorSeconds = await running.processorSeconds();
  await running.during(delay(SETTLE_MS));
  marks.push(await audit.end());

  const changeMs = await running.during(changePods(course, watch));
  await running.during(delay(SETTLE_MS));
  marks.push(await audit.end());

  const rest = await restFigures(running, course.restSeconds);
  marks.push(await audit.end());

  const [cold, changes, idle] = await Promise.all(
    marks.slice(1).map((mark, i) => audit.between(marks[i]!, mark)),
  );
  return {
    coldMs: trueAt - running.startedAt,
    watchingMs: watchingAt(cold!) - performance.timeOrigin - running.startedAt,
    coldProcessorSeconds,
    ...rest,
    changeMs,
    statusWrites:
      changes!.filter((request) => isStatusWrite(request) && isChanged(request.namespace, world)).length,
    requests: { cold: tally(cold!), changes: tally(changes!), rest: tally(idle!) },
  };
}

/** Changes one pod after the other; how long each took to show in its policy's status. */
async function changePods(
  { cluster, world, changes }: Course,
  watch: PolicyWatch,
): Promise<readonly number[]> {
  const took: number[] = [];
  let next = performance.now();
  for (let i = 0; i < changes; i++) {
    await delay(next - performance.now());
    next = performance.now() + CHANGE_EVERY_MS + JITTER_MS[i % JITTER_MS.length]!;
    const { pod, image } = world.toggleImage(world.evaluatedPod(i % changedNamespaces(world)));
    const expected = new Map([[pod.namespace, world.totalsOf(pod.namespace)]]);
    const truth = watch.tellTruth(expected, CHANGE_LIMIT_MS);
    truth.catch(() => {}); // told below, also when the change itself fails
    await setFirstImage(cluster, pod, image);
    const changedAt = performance.now();
    took.push(await truth - changedAt);
  }
  return took;
}

async function restFigures(
  running: RunningContender,
  seconds: number,
): Promise<Pick<Figures, "peakMemory" | "restMemory" | "restProcessorSeconds">> {
  const before = await running.processorSeconds();
  await running.during(delay(seconds * 1000));
  const { peak, resident } = await running.memory();
  return {
    peakMemory: peak,
    restMemory: resident,
    restProcessorSeconds: await running.processorSeconds() - before,
  };
}

/** When the API server had been asked for the last of what there is to watch, for the first time; milliseconds since 1970. */
function watchingAt(requests: readonly Request[]): number {
  const first = new Map<string, number>();
  for (const { verb, resource, receivedAt } of requests) {
    if (verb === "watch" && !first.has(resource)) first.set(resource, receivedAt);
  }
  return Math.max(...first.values());
}

function changedNamespaces({ size }: World): number {
  return Math.min(size.namespaces, CHANGED_NAMESPACES);
}

function isChanged(namespace: string, world: World): boolean {
  return namespace < namespaceName(changedNamespaces(world));
}

function isStatusWrite({ verb, resource }: Request): boolean {
  return resource.endsWith("/status") && (verb === "patch" || verb === "update");
}

function tally(requests: readonly Request[]): Tally {
  const counts: Record<string, number> = {};
  for (const { verb } of requests) counts[verb] = (counts[verb] ?? 0) + 1;
  return counts;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
