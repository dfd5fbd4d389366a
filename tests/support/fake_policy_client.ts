/** The client of a cluster in memory: answers and refuses as a real API server was seen to. */

import type { Clock } from "../../lib/api/clock.ts";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import { ApiError } from "../../lib/api/errors.ts";
import { type ObjectMeta, type ObjectRef, refKey } from "../../lib/api/object.ts";
import type { JsonPatchOperation, PolicyClient } from "../../lib/api/ports.ts";
import { jsonPatched, mergePatched } from "./json_patch.ts";

/** One call of the operator's client. */
export interface ClientCall {
  readonly verb: "get" | "patch" | "patchStatus";
  readonly policy: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly body: unknown;
  /** Undefined while it is under way. */
  result: "done" | "refused" | undefined;
}

/** What the client works on. */
export interface Backend {
  readonly clock: Clock;
  /** Hears of each call before the server does anything: may throw what is answered instead, or wait. */
  before(call: ClientCall): void | Promise<void>;
  /** Hears of each call that the server has done, before the client does. */
  after(call: ClientCall): void | Promise<void>;
  get(ref: ObjectRef): DevOpsPolicy | undefined;
  /** Stores the policy, and answers how it is stored. */
  store(policy: DevOpsPolicy, metadata: ObjectMeta): DevOpsPolicy;
}

/** Records each call in `calls`. */
export class FakePolicyClient implements PolicyClient {
  readonly calls: ClientCall[] = [];
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get(ref: ObjectRef, signal: AbortSignal): Promise<DevOpsPolicy> {
    return this.#call({ verb: "get", ref, body: undefined }, signal, (policy) => policy);
  }

  patch(
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    signal: AbortSignal,
  ): Promise<DevOpsPolicy> {
    return this.#call({ verb: "patch", ref, body: operations }, signal, (policy) => {
      const { metadata, spec } = jsonPatched(policy, operations);
      const added = metadata.finalizers?.find((one) => !policy.metadata.finalizers?.includes(one));
      if (metadata.deletionTimestamp !== undefined && added !== undefined) {
        const message = "no new finalizers can be added if the object is being deleted";
        throw new ApiError({ code: 422, reason: "Invalid", message, causes: [`Forbidden: ${message}`] });
      }
      return this.#backend.store({ ...policy, spec }, metadata);
    });
  }

  patchStatus(
    ref: ObjectRef,
    change: { readonly resourceVersion: string; readonly status: object },
    signal: AbortSignal,
  ): Promise<DevOpsPolicy> {
    return this.#call({ verb: "patchStatus", ref, body: change }, signal, (policy) => {
      if (policy.resourceVersion !== change.resourceVersion) {
        throw new ApiError({ code: 409, reason: "Conflict", message: "the object has been modified" });
      }
      // Through JSON, as on the wire.
      const patch = JSON.parse(JSON.stringify(change.status));
      return this.#backend.store({ ...policy, status: mergePatched(policy.status, patch) }, policy.metadata);
    });
  }

  async #call(
    { verb, ref, body }: { verb: ClientCall["verb"]; ref: ObjectRef; body: unknown },
    signal: AbortSignal,
    act: (policy: DevOpsPolicy) => DevOpsPolicy,
  ): Promise<DevOpsPolicy> {
    const { clock } = this.#backend;
    const call: ClientCall = { verb, policy: refKey(ref), at: clock.monotonic(), body, result: undefined };
    this.calls.push(call);
    try {
      await unlessAborted(this.#backend.before(call), signal);
      const policy = this.#backend.get(ref);
      if (policy === undefined) {
        throw new ApiError({ code: 404, reason: "NotFound", message: `"${ref.name}" not found` });
      }
      const answer = structuredClone(act(policy));
      call.result = "done";
      await unlessAborted(this.#backend.after(call), signal);
      return answer;
    } catch (error) {
      call.result ??= "refused";
      throw error;
    }
  }
}

async function unlessAborted(waiting: void | Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    await Promise.race([waiting, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
