/** What many measurements come to: medians and percentiles. */

/** The middle value, or the mean of the two in the middle. @throws {RangeError} when there is none */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The smallest value that at least `percent` of the values do not exceed.
 *
 * @throws {RangeError} when there is none
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(sorted.length * percent / 100) - 1)]!;
}

function ascending(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError("there is no value to take a median or percentile of");
  return values.toSorted((a, b) => a - b);
}
