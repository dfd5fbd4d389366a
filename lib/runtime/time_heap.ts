/** A binary heap of values by time: the soonest first, and of equal times the one that came first. */

interface Node<T> {
  readonly at: number;
  readonly order: number;
  readonly value: T;
}

/** Push and pop in O(log n). */
export class TimeHeap<T> {
  /** Each node is no later than its children at 2i + 1 and 2i + 2. */
  #nodes: Node<T>[] = [];
  #pushed = 0;

  get size(): number {
    return this.#nodes.length;
  }

  /** Throws out all that `keep` does not want. */
  retain(keep: (at: number, value: T) => boolean): void {
    // What is sorted is a heap.
    this.#nodes = this.#nodes.filter(({ at, value }) => keep(at, value)).sort((
      a,
      b,
    ) => (isBefore(a, b) ? -1 : 1));
  }

  /** The soonest, left where it is. */
  peek(): { readonly at: number; readonly value: T } | undefined {
    return this.#nodes[0];
  }

  push(at: number, value: T): void {
    const node = { at, order: this.#pushed++, value };
    let i = this.#nodes.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(node, this.#nodes[parent]!)) break;
      this.#nodes[i] = this.#nodes[parent]!;
      i = parent;
    }
    this.#nodes[i] = node;
  }

  /** Takes out the soonest. */
  pop(): void {
    const node = this.#nodes.pop();
    if (node === undefined || this.#nodes.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= this.#nodes.length) break;
      if (child + 1 < this.#nodes.length && isBefore(this.#nodes[child + 1]!, this.#nodes[child]!)) child++;
      if (!isBefore(this.#nodes[child]!, node)) break;
      this.#nodes[i] = this.#nodes[child]!;
      i = child;
    }
    this.#nodes[i] = node;
  }
}

function isBefore<T>(a: Node<T>, b: Node<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
