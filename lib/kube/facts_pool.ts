/** What the facts of many pods have in common, held once. */

import type { ContainerFacts, Sharing } from "../api/pod_facts.ts";
import { ContainerPool } from "./container_pool.ts";
import { StringPool } from "./string_pool.ts";

/** The pools of one server. */
export class FactsPool implements Sharing {
  readonly #strings = new StringPool();
  readonly #containers = new ContainerPool();

  text(text: string): string {
    return this.#strings.share(text);
  }

  /** The text that is UTF-8 in `bytes`. */
  read(bytes: Uint8Array, from: number, to: number): string {
    return this.#strings.read(bytes, from, to);
  }

  containers(list: readonly ContainerFacts[]): readonly ContainerFacts[] {
    return this.#containers.share(list);
  }
}
