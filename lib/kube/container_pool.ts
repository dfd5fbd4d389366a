/** Keeps one copy of each repeated container, and of each list: the pods of one deployment differ in little but their names. */

import { type ContainerFacts, sameContainer, sameContainers } from "../api/pod_facts.ts";

/**
 * More than what the pods of many namespaces differ in: an API server lists pods by namespace, so that equal ones come soon
 * after each other. No more than that, since what is no pod's any more is kept alive here, too.
 */
const SLOTS = 1 << 14;
/** So many slots may hold a copy; of one that finds them all taken, another makes room. */
const WAYS = 4;
/** Longer lists are nobody's template, and would be kept alive for long. */
const MAX_CONTAINERS = 16;

const NONE: readonly ContainerFacts[] = [];

/**
 * Finds the copies of lists that came before, and for a list that is new, those of its containers: where one deployment
 * was restarted, or rolled out anew, most of a list is as it was.
 */
export class ContainerPool {
  readonly #lists = new Copies(sameContainers);
  readonly #containers = new Copies(sameContainer);

  /** The first copy of `list`, or itself with first copies in it. */
  share(list: readonly ContainerFacts[]): readonly ContainerFacts[] {
    if (list.length === 0) return NONE;
    if (list.length > MAX_CONTAINERS) return list;
    const hash = list.reduce((hash, container) => Math.imul(hash, 31) + hashOf(container) | 0, 0);
    return this.#lists.find(list, hash) ??
      this.#lists.keep(list.map((container) => this.#share(container)), hash);
  }

  #share(container: ContainerFacts): ContainerFacts {
    const hash = hashOf(container);
    return this.#containers.find(container, hash) ?? this.#containers.keep(container, hash);
  }
}

/** Of fixed size, as the pool of strings is. */
class Copies<T extends object> {
  readonly #slots: (T | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #areSame: (one: T, other: T) => boolean;
  #turn = 0;

  constructor(areSame: (one: T, other: T) => boolean) {
    this.#areSame = areSame;
  }

  find(value: T, hash: number): T | undefined {
    const first = slotOf(hash);
    for (let slot = first; slot < first + WAYS; slot++) {
      const known = this.#slots[slot];
      if (known === undefined) return undefined;
      if (this.#areSame(known, value)) return known;
    }
    return undefined;
  }

  keep(value: T, hash: number): T {
    const first = slotOf(hash);
    let slot = first;
    while (slot < first + WAYS && this.#slots[slot] !== undefined) slot++;
    if (slot === first + WAYS) slot = first + this.#turn++ % WAYS;
    return this.#slots[slot] = value;
  }
}

function slotOf(hash: number): number {
  return ((hash ^ hash >>> 16) & (SLOTS / WAYS - 1)) * WAYS;
}

/** Of what tells deployments apart, long images by some of their characters; the rest is compared. */
function hashOf({ image, restarts }: ContainerFacts): number {
  let hash = restarts;
  const stride = 1 + (image.length >> 5);
  for (let i = 0; i < image.length; i += stride) {
    hash = Math.imul(hash ^ image.charCodeAt(i), 0x01000193);
  }
  return hash;
}
