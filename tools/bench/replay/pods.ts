/** The pods of the replay: any number of copies of the recorded ones, which change when they are told to. */

import { add, type Faults, namespaceName, podName, type Size, type Totals } from "../plan.ts";
import type { PodEventType } from "./stamps.ts";
import type { Identity } from "./template.ts";
import type { Versions } from "./versions.ts";

/** A change of one pod, before it is put into bytes. */
export interface PodEvent {
  readonly type: PodEventType;
  readonly pod: ReplayedPod;
}

/** One pod as it is at the moment. */
export interface ReplayedPod {
  readonly identity: Identity;
  /** The recorded pod that it is a copy of. */
  readonly recorded: number;
  readonly variant: 0 | 1;
}

const NONE: Totals = { pods: 0, violations: 0, penalty: 0 };

/** All of them. At first every pod is there, in its first variant. */
export class ReplayedPods {
  readonly size: Size;
  readonly #faults: readonly (readonly [Faults, Faults])[];
  readonly #versions: Versions;
  readonly #first: string;
  /** By index: 0 or 1, and whether it has been deleted. */
  readonly #variants: Uint8Array;
  readonly #gone: Uint8Array;
  readonly #totals = new Map<string, Totals>();
  readonly #listeners = new Set<(event: PodEvent) => void>();

  constructor(size: Size, faults: readonly (readonly [Faults, Faults])[], versions: Versions) {
    this.size = size;
    this.#faults = faults;
    this.#versions = versions;
    this.#first = versions.current;
    this.#variants = new Uint8Array(size.pods);
    this.#gone = new Uint8Array(size.pods);
    for (let i = 0; i < size.namespaces; i++) this.#totals.set(namespaceName(i), NONE);
    for (let i = 0; i < size.pods; i++) this.#count(i, 1);
  }

  /** What the policy of a namespace must say. */
  totalsOf(namespace: string): Totals {
    return this.#totals.get(namespace) ?? NONE;
  }

  isGone(index: number): boolean {
    return this.#gone[index] === 1;
  }

  /** The indices of all pods that there are in the order in which an API server lists them: by namespace, then by name. */
  *listed(): Generator<number> {
    const { pods, namespaces } = this.size;
    for (let namespace = 0; namespace < namespaces; namespace++) {
      for (let index = namespace; index < pods; index += namespaces) {
        if (!this.isGone(index)) yield index;
      }
    }
  }

  /** The pod by its index, at the version at which it was when the replay began. */
  at(index: number): ReplayedPod {
    return this.#pod(index, this.#first);
  }

  /** Calls `listener` at each change, until what is answered is called. */
  listen(listener: (event: PodEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Pins or unpins its first image. */
  toggle(index: number): void {
    this.#count(index, -1);
    this.#variants[index]! ^= 1;
    this.#count(index, 1);
    this.#tell("MODIFIED", index);
  }

  /** Changes nothing that a check reads, as most updates of a pod's status do. */
  touch(index: number): void {
    this.#tell("MODIFIED", index);
  }

  delete(index: number): void {
    this.#count(index, -1);
    this.#gone[index] = 1;
    this.#tell("DELETED", index);
  }

  create(index: number): void {
    this.#gone[index] = 0;
    this.#count(index, 1);
    this.#tell("ADDED", index);
  }

  #tell(type: PodEventType, index: number): void {
    const event = { type, pod: this.#pod(index, this.#versions.next()) };
    for (const listener of this.#listeners) listener(event);
  }

  #pod(index: number, resourceVersion: string): ReplayedPod {
    const identity = {
      namespace: this.#namespaceOf(index),
      name: podName(index),
      uid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      resourceVersion,
    };
    return { identity, recorded: index % this.#faults.length, variant: this.#variants[index] as 0 | 1 };
  }

  #count(index: number, sign: 1 | -1): void {
    const namespace = this.#namespaceOf(index);
    const faults = this.#faults[index % this.#faults.length]![this.#variants[index] as 0 | 1];
    this.#totals.set(namespace, add(this.totalsOf(namespace), faults, sign));
  }

  #namespaceOf(index: number): string {
    return namespaceName(index % this.size.namespaces);
  }
}
