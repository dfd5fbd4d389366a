/** Bounds a wait for what comes by itself: a test that would hang says instead what it waits for. */

/**
 * Beyond what a moment's work takes on the busiest machine, and less than a heartbeat, which would make good what is lost.
 * No claim about speed: this is what a hang costs. Milliseconds.
 */
export const PATIENCE_MS = 20_000;

/** What `promise` brings. @throws when that takes too long, saying `what` has not come about */
export async function patiently<T>(promise: Promise<T>, what: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${PATIENCE_MS} ms: ${what()}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
