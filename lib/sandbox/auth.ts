/** Who asks: whoever has the one token may do everything, and nobody else anything. */

import { notImplemented, StatusError } from "./status_errors.ts";

/** The user of the token, as reviews tell of it. */
export const ADMIN = {
  username: "admin",
  uid: "admin",
  groups: ["system:masters", "system:authenticated"],
} as const;

/** Refuses a request without the token, and one in somebody else's name. @throws {StatusError} 401 or 501 */
export function authenticate({ headers }: Request, token: string): void {
  const given = headers.get("authorization") ?? "";
  if (!isSame(given, `Bearer ${token}`)) throw new StatusError(401, "Unauthorized", "Unauthorized");
  if (headers.has("impersonate-user")) throw notImplemented("Asking in the name of somebody else");
}

/** Compares in a time that does not tell how much is right. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a.charCodeAt(i) || 0) ^ b.charCodeAt(i);
  return difference === 0;
}
