/** The heart: makes one policy's finalizer, status and metrics true. Reads the stores, and never asks what happened. */

import { type DevOpsPolicy, FINALIZER } from "../api/devops_policy.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import { evaluate, type Evaluation, tallyPods } from "../policy/evaluate.ts";
import { isSystemNamespace } from "../policy/namespaces.ts";
import { InvalidSpecError, parseSpec } from "../policy/parse_spec.ts";
import type { News } from "../policy/news.ts";
import type { PolicySpec } from "../policy/spec.ts";
import { holdOnce, nextStatus, type Outcome, writeReason } from "../policy/status.ts";
import type { PolicyStatus } from "../policy/status_schema.ts";
import type { Action } from "../runtime/controller.ts";
import { finalizerStep } from "../runtime/finalizer.ts";
import { writeGuarded } from "../runtime/guarded_write.ts";
import type { Context } from "./context.ts";
import { hold, release, reread } from "./holding.ts";

const NOTHING_MORE: Action = { requeueAfterMs: undefined };
/** As soon as its quiet time is over: what was learnt by reading again is in the store, so the watch will not bring it up. */
const AT_ONCE: Action = { requeueAfterMs: 0 };

/**
 * Brings the policy behind `ref` up to date and says when to look again.
 *
 * First the finalizer, then the status: a policy that has a status also has somebody who cleans up after it.
 *
 * @throws {ApiError | ConnectionError} when the API server cannot be written to
 */
export async function reconcile(ref: ObjectRef, context: Context): Promise<Action> {
  const known = context.policies.get(ref);
  if (known === undefined) return forget(ref, context);

  const step = finalizerStep(known.metadata, FINALIZER);
  if (step === "cleanup" || step === "released") {
    forget(ref, context);
    const left = await release(known, context);
    // Created again under its name, as reading again has shown.
    return left !== undefined && left.metadata.deletionTimestamp === undefined ? AT_ONCE : NOTHING_MORE;
  }

  const held = await hold(known, context);
  return held === undefined ? forget(ref, context) : await apply(held, context);
}

/** Evaluates the policy's pods and writes the status, if it says something new or its heartbeat is due. */
async function apply(policy: DevOpsPolicy, context: Context): Promise<Action> {
  const { clock, client, metrics, own, refreshes, requeueMs, signal } = context;
  const key = refKey(policy);
  let requeueAfterMs = requeueMs;
  let failure: unknown;

  const written = await writeGuarded(policy, {
    reread: () => reread(policy, context),
    onConflict: () => context.metrics.observeConflict(),
    write: async (current) => {
      // Deleted, or deleted and created again: first the finalizer, then the status.
      if (finalizerStep(current.metadata, FINALIZER) !== "apply") return undefined;
      const now = clock.now();
      const judgement = await judge(current, now, context);
      failure = judgement.failure;
      requeueAfterMs = untilNext(judgement.outcome, now, requeueMs);

      const previous = own.statusOf(current);
      const status = nextStatus(previous, judgement.outcome, {
        generation: current.metadata.generation ?? 0,
        now,
      });
      observe(current, judgement.outcome, status, context);
      const reason = writeReason(previous, status, { now, refreshAfterMs: requeueMs });
      if (reason === undefined) {
        const news = own.agree(current);
        if (news !== undefined) tell(current, previous, news, context);
        return suppress("unchanged", context);
      }
      if (reason === "changed") refreshes.forget(key);
      else {
        const waitMs = refreshes.waitMs(key, clock.monotonic());
        requeueAfterMs = Math.min(requeueAfterMs, waitMs || requeueMs);
        if (waitMs > 0) return suppress("waiting", context);
      }

      const { answer, news } = await own.write(current, status, async () => {
        const change = { resourceVersion: current.resourceVersion, status };
        const answer = holdOnce(await client.patchStatus(current, change, signal), status);
        context.policies.refresh(answer);
        return answer;
      });
      context.onDropped(Object.keys(status).filter((field) => !hasField(answer.status, field)));
      metrics.observeWrite(reason);
      // A heartbeat has news when the write before it was done, and nobody answered.
      if (reason === "changed" || news.length > 0) tell(current, status, news, context);
      return answer;
    },
  });

  if (failure !== undefined) throw failure;
  if (written === undefined) return forget(policy, context);
  return finalizerStep(written.metadata, FINALIZER) === "apply" ? { requeueAfterMs } : AT_ONCE;
}

/** What the policy says about its pods as of `now`; never throws, for one bad policy must not stop the others. */
async function judge(
  policy: DevOpsPolicy,
  now: number,
  context: Context,
): Promise<{ outcome: Outcome; failure?: unknown }> {
  const { namespace } = policy;
  try {
    const spec = parseSpec(policy.spec);
    if (isSystemNamespace(namespace, context.systemNamespaces)) {
      return { outcome: { kind: "system-namespace", evaluation: evaluate([], spec, now) } };
    }
    const problem = context.podsProblem(namespace);
    if (problem !== undefined) return { outcome: { kind: "pods-unavailable", why: problem } };
    return {
      outcome: { kind: "evaluated", evaluation: await evaluateNamespace(namespace, spec, now, context) },
    };
  } catch (error) {
    if (error instanceof InvalidSpecError) return { outcome: { kind: "invalid-spec", why: error.message } };
    return {
      outcome: { kind: "evaluation-failed", why: "The evaluation failed; the operator's log says how." },
      failure: error,
    };
  }
}

/** Evaluates the pods as they are now, resting in between; a pod that changes meanwhile brings the policy up again. */
async function evaluateNamespace(
  namespace: string,
  spec: PolicySpec,
  now: number,
  { pods, stretch }: Context,
): Promise<Evaluation> {
  const tally = tallyPods(spec, now);
  await stretch.forEach(Array.from(pods.list(namespace)), (pod) => tally.add(pod));
  return tally.result();
}

/** When to look again: after the interval, or when the next pod turns into a violation by waiting alone. */
function untilNext(outcome: Outcome, now: number, requeueMs: number): number {
  const dueAt = outcome.kind === "evaluated" ? outcome.evaluation.dueAt : undefined;
  return dueAt === undefined ? requeueMs : Math.min(requeueMs, dueAt - now);
}

function observe(ref: ObjectRef, outcome: Outcome, status: PolicyStatus, { metrics }: Context): void {
  if (outcome.kind === "evaluated" || outcome.kind === "system-namespace") {
    return metrics.observePolicy(ref, { ...outcome.evaluation, score: status.healthScore ?? 0 });
  }
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  metrics.observeUnevaluable(ref, ready?.reason ?? outcome.kind);
}

/** Tells of a status that was written, once the server is known to have taken it. */
function tell(policy: DevOpsPolicy, status: PolicyStatus, news: readonly News[], context: Context): void {
  const { namespace, name } = policy;
  context.onStatus({ namespace, name, status });
  context.onNews(policy, news);
}

/** Leaves the status as it is stored, and counts that. */
function suppress(why: "unchanged" | "waiting", { metrics }: Context): undefined {
  metrics.observeSuppressed(why);
}

function forget(ref: ObjectRef, { metrics, own, refreshes }: Context): Action {
  metrics.forgetPolicy(ref);
  own.forget(ref);
  refreshes.forget(refKey(ref));
  return NOTHING_MORE;
}

function hasField(status: unknown, field: string): boolean {
  return typeof status === "object" && status !== null && Object.hasOwn(status, field);
}
