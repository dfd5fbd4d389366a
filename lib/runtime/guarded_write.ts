/** Writes that hold only for the state they were computed from: when that has moved on, read and compute again. */

import { ApiError, isConflict, isNotFound } from "../api/errors.ts";

/** How often to compute again before giving up: others write too, but not for ever. */
const MAX_ATTEMPTS = 5;

/** How to write, and how to begin again. */
export interface GuardedWrite<T> {
  readonly reread: () => Promise<T>;
  readonly write: (object: T) => Promise<T | undefined>;
  /** Hears of each conflict. */
  readonly onConflict?: () => void;
}

/**
 * Calls `write` with `object`, and after each conflict with what `reread` brings.
 *
 * `write` gives undefined when there is nothing to write. The result is the newest state known; undefined when the
 * object is gone, which a write must never undo.
 *
 * @throws {ApiError} the last conflict, when there was one each time
 */
export async function writeGuarded<T>(
  object: T,
  { reread, write, onConflict = () => {} }: GuardedWrite<T>,
): Promise<T | undefined> {
  let current = object;
  let conflict: ApiError | undefined;
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (conflict !== undefined) current = await reread();
      try {
        return await write(current) ?? current;
      } catch (error) {
        if (!isConflict(error)) throw error;
        conflict = error;
        onConflict();
      }
    }
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
  throw conflict;
}
