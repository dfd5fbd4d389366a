/** What a server says when it refuses: bounded, and without the token that it may quote. */

import { ConnectionError } from "../api/errors.ts";
import type { IdentityHeaders } from "./credentials.ts";

/** More than any API server has to say; bytes. */
const MAX_BYTES = 1024 * 1024;
/** A token shorter than this is none, and may be part of any word. */
const MIN_SECRET_LENGTH = 8;
const STAR = 0x2a;

/** The whole of a refusal. @throws {ConnectionError} when it does not end within 1 MiB */
export async function readRefusal(body: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new ConnectionError("other", "The API server refused in more than 1 MiB.");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
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
