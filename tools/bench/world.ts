/** The pods as they are at the moment, and what each policy must say of them. */

import {
  add,
  type Faults,
  namespaceName,
  type PlannedPod,
  plannedPod,
  plannedPods,
  type Size,
  type Totals,
} from "./plan.ts";
import { imageOf } from "./pod.ts";

/** One change of a pod: the image of its first container. */
export interface ImageChange {
  readonly pod: PlannedPod;
  readonly image: string;
}

/** Starts as planned; every change must be told to it. */
export class World {
  readonly size: Size;
  readonly #totals = new Map<string, Totals>();
  /** The pods whose first image is not as planned, by index. */
  readonly #changed = new Map<number, PlannedPod>();

  constructor(size: Size) {
    this.size = size;
    const none = { pods: 0, violations: 0, penalty: 0 };
    for (let i = 0; i < size.namespaces; i++) this.#totals.set(namespaceName(i), none);
    for (const { namespace, faults } of plannedPods(size)) this.#add(namespace, faults, 1);
  }

  /** What each policy must say, by namespace; it does not follow later changes. */
  get totals(): ReadonlyMap<string, Totals> {
    return new Map(this.#totals);
  }

  /** What the policy of one namespace must say. */
  totalsOf(namespace: string): Totals {
    return this.#totals.get(namespace)!;
  }

  /** The changes that bring every pod back to the plan. */
  get deviations(): readonly PlannedPod[] {
    return [...this.#changed.values()];
  }

  /** Turns the first image of a pod from pinned to not, or back: a violation more or less. */
  toggleImage(pod: PlannedPod): ImageChange {
    const isPinned = (pod.faults.unpinned === 0) !== this.#changed.has(pod.index);
    this.#add(pod.namespace, faultsWith(pod, isPinned), -1);
    this.#add(pod.namespace, faultsWith(pod, !isPinned), 1);
    if (!this.#changed.delete(pod.index)) this.#changed.set(pod.index, pod);
    return { pod, image: imageOf(pod.namespace, 0, !isPinned) };
  }

  /** The first pod that is evaluated, of the namespace with this number. */
  evaluatedPod(namespace: number): PlannedPod {
    for (let index = namespace; index < this.size.pods; index += this.size.namespaces) {
      const pod = plannedPod(index, this.size);
      if (pod.faults.phase !== "Succeeded") return pod;
    }
    throw new RangeError(`no pod of ${namespaceName(namespace)} is evaluated: ask for more --pods`);
  }

  #add(namespace: string, faults: Faults, sign: 1 | -1): void {
    this.#totals.set(namespace, add(this.#totals.get(namespace)!, faults, sign));
  }
}

/** A pod's faults with its first image pinned or not; as planned, the first `unpinned` containers are not. */
export function faultsWith({ faults }: PlannedPod, firstIsPinned: boolean): Faults {
  const others = Math.max(0, faults.unpinned - 1);
  return { ...faults, unpinned: others + (firstIsPinned ? 0 : 1) };
}
