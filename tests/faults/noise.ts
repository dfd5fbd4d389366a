/** What the machine itself may add to a bound that somebody was promised in real time. */

/**
 * Two processors play six rows at once, each with an operator of its own: whoever has something to do may have to wait
 * for its turn. Milliseconds.
 */
export const NOISE_MS = 3_000;
