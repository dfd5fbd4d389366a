// Waits for what a real cluster takes a moment for: the one place where these tests look at the time.

const POLL_MS = 20;
/** What the busiest machine does not need for a moment's work, and still less than a heartbeat, which would hide what is lost. */
export const PATIENCE_MS = 20_000;

/**
 * Calls `holds` until it gives true; an exception counts as "not yet". How long it may take is no claim about speed: it is
 * what a hang costs.
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
