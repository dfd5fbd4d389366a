/** A cluster in memory behind the operator's own port: policies and pods, their versions, watches and writes. */

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { type Clock, toTimestamp } from "../../lib/api/clock.ts";
import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import type { ObjectMeta, ObjectRef } from "../../lib/api/object.ts";
import type { PodFacts } from "../../lib/api/pod_facts.ts";
import type { Cluster, CollectionOptions } from "../../lib/api/ports.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { FakeCollection } from "./fake_collection.ts";
import { type ClientCall, FakePolicyClient } from "./fake_policy_client.ts";
import type { PodBuilder } from "./pod_builder.ts";

/** A policy to put; `spec` may be anything, as with an old CRD. */
export interface PolicyToPut extends Partial<ObjectRef>, Pick<ObjectMeta, "finalizers"> {
  readonly spec?: unknown;
}

/** Starts where versions are about to grow longer, which no comparison of them may mind. */
const FIRST_VERSION = 997;

/** Does to policies and pods what an API server would; each write counts up the one version of the cluster. */
export class FakeCluster implements Cluster {
  /** Called before the server sees a call: may throw what is answered instead, change the cluster, or wait. */
  before: (call: ClientCall) => void | Promise<void> = () => {};
  /** Called after the server has done a call and before the client hears of it. */
  after: (call: ClientCall) => void | Promise<void> = () => {};
  readonly policyCollection: FakeCollection<DevOpsPolicy>;
  readonly podCollection: FakeCollection<PodFacts>;
  readonly client: FakePolicyClient;
  readonly #clock: Clock;
  #version = FIRST_VERSION;
  #uids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    const version = () => String(this.#version);
    this.policyCollection = new FakeCollection({ clock, version });
    this.podCollection = new FakeCollection({ clock, version });
    this.client = new FakePolicyClient({
      clock,
      before: (call) => this.before(call),
      after: (call) => this.after(call),
      get: (ref) => this.policyCollection.get(ref),
      store: (policy, metadata) => this.#store(policy, metadata),
    });
  }

  policies({ namespace }: CollectionOptions) {
    return this.policyCollection.source(namespace);
  }

  pods({ namespace }: CollectionOptions) {
    return this.podCollection.source(namespace);
  }

  /** All that the operator's client was asked to do, in order. */
  get calls(): readonly ClientCall[] {
    return this.client.calls;
  }

  /** Those that would change something. */
  get writes(): readonly ClientCall[] {
    return this.calls.filter(({ verb }) => verb !== "get");
  }

  policy(name: string, namespace = "production"): DevOpsPolicy | undefined {
    return this.policyCollection.get({ namespace, name });
  }

  /** Creates a policy, or replaces its spec and, if given, its finalizers. */
  putPolicy({ name = "strict", namespace = "production", spec = {}, finalizers }: PolicyToPut = {}): void {
    const before = this.policy(name, namespace);
    const created = {
      namespace,
      name,
      uid: `uid-${++this.#uids}`,
      generation: 0,
      creationTimestamp: toTimestamp(this.#clock.now()),
    };
    const metadata = { ...before?.metadata ?? created, ...(finalizers && { finalizers }) };
    const changed = !isDeepStrictEqual(before?.spec, spec);
    const generation = (metadata.generation ?? 0) + (changed ? 1 : 0);
    this.#store({ namespace, name, spec, status: before?.status }, { ...metadata, generation });
  }

  /** Writes a status by hand. */
  putStatus(status: PolicyStatus, name = "strict"): void {
    const policy = this.policy(name);
    assert(policy !== undefined);
    this.#store({ ...policy, status }, policy.metadata);
  }

  /** Deletes a policy: at once, or once its last finalizer is gone. */
  deletePolicy(name = "strict", namespace = "production"): void {
    const policy = this.policy(name, namespace);
    assert(policy !== undefined);
    const generation = (policy.metadata.generation ?? 0) + 1;
    const deletionTimestamp = toTimestamp(this.#clock.now());
    this.#store(policy, { ...policy.metadata, generation, deletionTimestamp });
  }

  putPod(pod: PodBuilder | PodFacts): void {
    const facts = "facts" in pod ? pod.facts() : pod;
    // Kept as it is but for the version: a hostile pod may not survive being copied.
    Object.assign(facts, { resourceVersion: this.#next() });
    this.podCollection.put(facts);
  }

  deletePod(name: string, namespace = "production"): void {
    const pod = this.podCollection.get({ namespace, name });
    assert(pod !== undefined);
    this.podCollection.delete({ ...pod, resourceVersion: this.#next() });
  }

  /** Stores a policy at the next version, unless nothing changes; the last finalizer of a deleted one takes it along. */
  #store(policy: Omit<DevOpsPolicy, "resourceVersion" | "metadata">, metadata: ObjectMeta): DevOpsPolicy {
    const { namespace, name, spec, status } = policy;
    const { finalizers = [], ...rest } = metadata;
    const held = finalizers.length > 0;
    // An empty list is not stored.
    const meta = { ...rest, ...(held && { finalizers }) };
    const before = this.policyCollection.get(policy);
    const unchanged = before !== undefined &&
      isDeepStrictEqual([before.spec, before.status, before.metadata], [spec, status, meta]);
    if (unchanged) return before;
    const resourceVersion = this.#next();
    const next = { namespace, name, resourceVersion, metadata: { ...meta, resourceVersion }, spec, status };
    if (meta.deletionTimestamp !== undefined && !held) this.policyCollection.delete(next);
    else this.policyCollection.put(next);
    return next;
  }

  #next(): string {
    return String(++this.#version);
  }
}
