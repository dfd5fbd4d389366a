/** Acting as somebody else: the headers that a kubeconfig's `as` settings stand for. */

import { CredentialsError } from "../../api/errors.ts";
import type { IdentityHeaders } from "../credentials.ts";
import type { Entry } from "./file.ts";

/**
 * The headers that make an API server take us for the user that `user` acts as.
 *
 * @throws {CredentialsError} when there is no such user, and yet a uid, groups or more of it
 */
export function impersonationHeaders(user: Entry, origin: string): IdentityHeaders {
  const [name, uid] = [user.text("as"), user.text("as-uid")];
  const groups = user.list("as-groups").map(String);
  const extra = Object.entries(user.part("as-user-extra")?.settings ?? {});
  if (name === undefined && (uid !== undefined || groups.length > 0 || extra.length > 0)) {
    throw new CredentialsError(
      `The user of ${origin} has as-uid, as-groups or as-user-extra, and no as: write whom to act as, too.`,
    );
  }
  return {
    ...(name !== undefined && { "impersonate-user": name }),
    ...(uid !== undefined && { "impersonate-uid": uid }),
    ...(groups.length > 0 && { "impersonate-group": groups }),
    ...Object.fromEntries(
      extra.map(([key, values]) => [`impersonate-extra-${headerName(key)}`, [values].flat().map(String)]),
    ),
  };
}

/** `key` with what no header's name may hold written as `%2F`, as API servers read it. */
function headerName(key: string): string {
  const escaped = encodeURIComponent(key.toLowerCase().toWellFormed());
  return escaped.replace(/[()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}
