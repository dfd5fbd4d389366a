/** The policies of the replay: read, watched and patched in the few ways in which operators do so. */

import type { Json, JsonObject } from "../../../lib/sandbox/json.ts";
import { applyJsonPatch } from "../../../lib/sandbox/patch_json.ts";
import { StatusError } from "../../../lib/sandbox/status_errors.ts";
import { namespaceName, POLICY_NAME, POLICY_SPEC, type Size } from "../plan.ts";
import type { ReadPolicy } from "../truth.ts";
import { BOOKMARK_MS, Feed } from "./feed.ts";
import type { Versions } from "./versions.ts";

/** A policy in full. */
export interface ReplayedPolicy extends ReadPolicy {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ReadPolicy["metadata"] & {
    readonly name: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly finalizers?: readonly string[];
  };
  readonly spec: unknown;
}

/** Hears of a change, and of which part of the policy. */
export type PolicyListener = (policy: ReplayedPolicy, part: "metadata" | "status") => void;

const KIND = { apiVersion: "devops.stochastic.io/v1", kind: "DevOpsPolicy" };
/** How many of the first events go out at once. */
const PIECE = 100;

/** One in each namespace. */
export class ReplayedPolicies {
  readonly #policies = new Map<string, ReplayedPolicy>();
  readonly #versions: Versions;
  readonly #listeners = new Set<PolicyListener>();

  constructor({ namespaces }: Size, versions: Versions) {
    this.#versions = versions;
    for (let i = 0; i < namespaces; i++) {
      const namespace = namespaceName(i);
      const metadata = {
        name: POLICY_NAME,
        namespace,
        uid: `00000000-0000-4000-9000-${String(i).padStart(12, "0")}`,
        generation: 1,
        resourceVersion: versions.next(),
        creationTimestamp: "2026-02-22T10:00:00Z",
      };
      this.#policies.set(namespace, { ...KIND, metadata, spec: POLICY_SPEC });
    }
  }

  get(namespace: string): ReplayedPolicy | undefined {
    return this.#policies.get(namespace);
  }

  /** Calls `listener` at each change, until what is answered is called. */
  listen(listener: PolicyListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Applies a JSON patch to the policy itself, as its finalizers want it. */
  patch(namespace: string, operations: Json): Response {
    const policy = this.#policies.get(namespace);
    if (policy === undefined) return refused(404, "NotFound", "not found");
    try {
      const changed = applyJsonPatch(policy as unknown as JsonObject, operations);
      return this.#put(changed as unknown as ReplayedPolicy, "metadata");
    } catch (error) {
      if (error instanceof StatusError) return refused(error.code, error.reason, error.message);
      throw error;
    }
  }

  /** Merges into the status, whose fields are all replaced as wholes; refuses what was computed from another version. */
  patchStatus(
    namespace: string,
    change: { readonly metadata?: { readonly resourceVersion?: string }; readonly status?: object },
  ): Response {
    const policy = this.#policies.get(namespace);
    if (policy === undefined) return refused(404, "NotFound", "not found");
    const version = change.metadata?.resourceVersion ?? policy.metadata.resourceVersion;
    if (version !== policy.metadata.resourceVersion) {
      return refused(409, "Conflict", `the version is ${policy.metadata.resourceVersion}, not ${version}`);
    }
    return this.#put({ ...policy, status: { ...policy.status, ...change.status } }, "status");
  }

  /** The lines of a watch that begins with all that exists, or (unless `initial`) with the next change. */
  async *watch(initial: boolean): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const encoder = new TextEncoder();
    const feed = new Feed<string>();
    const stop = this.listen((policy) => feed.push(line("MODIFIED", policy)));
    try {
      if (initial) {
        const lines = [...this.#policies.values()].map((policy) => line("ADDED", policy));
        for (let i = 0; i < lines.length; i += PIECE) {
          yield encoder.encode(lines.slice(i, i + PIECE).join(""));
        }
        yield encoder.encode(this.#bookmark());
      }
      for await (const lines of feed.batches(BOOKMARK_MS)) {
        yield encoder.encode(lines.length === 0 ? this.#bookmark() : lines.join(""));
      }
    } finally {
      stop();
    }
  }

  #put(policy: ReplayedPolicy, part: "metadata" | "status"): Response {
    const metadata = { ...policy.metadata, resourceVersion: this.#versions.next() };
    const stored = { ...policy, metadata };
    this.#policies.set(metadata.namespace, stored);
    for (const listener of this.#listeners) listener(stored, part);
    return Response.json(stored);
  }

  #bookmark(): string {
    const annotations = { "k8s.io/initial-events-end": "true" };
    return line("BOOKMARK", { ...KIND, metadata: { resourceVersion: this.#versions.current, annotations } });
  }
}

function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

/** A refusal in the words of an API server. */
export function refused(code: number, reason: string, message: string): Response {
  const status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", code, reason, message };
  return Response.json(status, { status: code });
}
