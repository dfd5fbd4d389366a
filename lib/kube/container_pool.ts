/** Keeps one copy of each repeated list of containers: the pods of one deployment differ in little but their names. */

import { type ContainerFacts, sameContainers } from "../api/pod_facts.ts";

/** More different lists than repeat in the largest cluster. */
const SLOTS = 1 << 14;
/** So many slots may hold a list; of one that finds them all taken, another makes room. */
const WAYS = 4;
/** Longer lists are nobody's template, and would be kept alive for long. */
const MAX_CONTAINERS = 16;

const NONE: readonly ContainerFacts[] = [];

/** Finds the copies of lists that came before; of fixed size, as the pool of strings is. */
export class ContainerPool {
  readonly #slots: (readonly ContainerFacts[])[] = new Array(SLOTS).fill(NONE);
  #turn = 0;

  /** The first copy of `list`, or itself. */
  share(list: readonly ContainerFacts[]): readonly ContainerFacts[] {
    if (list.length === 0) return NONE;
    if (list.length > MAX_CONTAINERS) return list;
    const first = (hashOf(list) & (SLOTS / WAYS - 1)) * WAYS;
    for (let slot = first; slot < first + WAYS; slot++) {
      const known = this.#slots[slot]!;
      if (known === NONE) return this.#slots[slot] = list;
      if (sameContainers(known, list)) return known;
    }
    this.#slots[first + this.#turn++ % WAYS] = list;
    return list;
  }
}

/** Of what tells deployments apart, long images by some of their characters; the rest is compared. */
function hashOf(list: readonly ContainerFacts[]): number {
  let hash = 0;
  for (const { image, restarts } of list) {
    hash = Math.imul(hash ^ restarts, 0x01000193);
    const stride = 1 + (image.length >> 5);
    for (let i = 0; i < image.length; i += stride) {
      hash = Math.imul(hash ^ image.charCodeAt(i), 0x01000193);
    }
  }
  return hash ^ hash >>> 16;
}
