/** Does many things at once, but only so many. */

/**
 * Calls `work` with each of `items`, at most `limit` at a time, and gives what it brought in the order of `items`.
 *
 * @throws what the first failing call threw, once the calls under way have ended; no further ones are made
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    // All workers draw from one iterator, so each item is taken once.
    for (const [i, item] of left) {
      if (failure !== undefined) return;
      try {
        results[i] = await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failure !== undefined) throw failure.error;
  return results;
}
