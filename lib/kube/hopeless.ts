/** Tells the errors that waiting does not heal from those that it may. */

import { ApiError, ConnectionError, CredentialsError } from "../api/errors.ts";
import type { Credentials } from "./credentials.ts";

/** Whether trying again is pointless until somebody changes the credentials, the address or our permissions. */
export function isHopeless(error: unknown, { renews }: Pick<Credentials, "renews">): boolean {
  if (error instanceof ConnectionError) {
    return error.problem === "tls" || error.cause instanceof Deno.errors.NotCapable;
  }
  if (error instanceof ApiError) return error.code === 401 && !renews;
  return error instanceof CredentialsError;
}
