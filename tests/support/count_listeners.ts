/** Counts who listens to a signal, as a leak of listeners shows nowhere else. */

/** Watches `signal` from now on; the answer tells how many listeners there are. */
export function countListeners(signal: AbortSignal): () => number {
  const listeners = new Set<unknown>();
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners.add(args[1]), add(...args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (listeners.delete(args[1]), remove(...args));
  return () => listeners.size;
}
