// Waits for what a real cluster takes a moment for: the one place where these tests look at the time.

import { PATIENCE_MS } from "../support/patience.ts";

const POLL_MS = 20;

/**
 * Calls `holds` until it gives true; an exception counts as "not yet".
 *
 * @throws after `within` milliseconds, with the last exception as its cause
 */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  { within = PATIENCE_MS, what }: { within?: number; what: string },
): Promise<void> {
  const deadline = performance.now() + within;
  let cause: unknown;
  do {
    try {
      if (await holds()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  } while (performance.now() < deadline);
  throw new Error(`not within ${within} ms: ${what}`, { cause });
}
