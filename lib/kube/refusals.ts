/** What a server says when it refuses: bounded, and without the token that it may quote. */

import { ConnectionError } from "../api/errors.ts";
import type { Body } from "./body_buffer.ts";
import type { IdentityHeaders } from "./credentials.ts";
import { wholeBody } from "./whole_body.ts";

/** More than any API server has to say; bytes. */
const MAX_BYTES = 1024 * 1024;
/** A token shorter than this is none, and may be part of any word. */
const MIN_SECRET_LENGTH = 8;
const STAR = 0x2a;

/** The whole of a refusal. @throws {ConnectionError} when it does not end within 1 MiB */
export function readRefusal(body: Body): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = () => new ConnectionError("other", "The API server refused in more than 1 MiB.");
  return wholeBody(body, { maxBytes: MAX_BYTES, tooLong });
}

/**
 * The same, stars in place of the token of `authorization`: a refusal ends up in logs, and in the status of policies. As
 * many stars as the token is long, since a refusal in protobuf counts its bytes.
 */
export function withoutSecret(
  refusal: Uint8Array<ArrayBuffer>,
  authorization: IdentityHeaders[string] | undefined,
): Uint8Array<ArrayBuffer> {
  const [, token = ""] = /^\w+ (.*)$/.exec(String(authorization ?? "")) ?? [];
  if (token.length < MIN_SECRET_LENGTH) return refusal;
  const secret = new TextEncoder().encode(token);
  for (let at = refusal.indexOf(secret[0]!); at >= 0; at = refusal.indexOf(secret[0]!, at + 1)) {
    if (secret.every((byte, i) => refusal[at + i] === byte)) refusal.fill(STAR, at, at + secret.length);
  }
  return refusal;
}
