/** Reads what a request brings: bounded in size and depth, as JSON, as YAML, or in part as protobuf. */

import { parse as parseYaml } from "yaml";
import { isDeeperThan, isObject, type Json, type JsonObject } from "./json.ts";
import { decodeProtobuf } from "./protobuf.ts";
import { badRequest, StatusError } from "./status_errors.ts";

/** What a real API server takes at most. */
const MAX_BYTES = 3 * 1024 * 1024;
/** Deeper than any object of Kubernetes, and shallow enough for functions that call themselves. */
const MAX_DEPTH = 200;

/** The media type of a request without its parameters. */
export function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "application/json").split(";")[0]!.trim().toLowerCase();
}

/** The bytes of a request. @throws {StatusError} 413 */
export async function readBytes(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Read by hand, as an iterator costs more than all the rest of a small request.
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader!.read()) {
    const chunk = read.value;
    size += chunk.length;
    if (size > MAX_BYTES) {
      await reader!.cancel();
      throw new StatusError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MAX_BYTES}`);
    }
    chunks.push(chunk);
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The object that a request brings, which is to be of `kind`. @throws {StatusError} 400, 413 or 415 */
export async function readObject(request: Request, kind: string): Promise<JsonObject> {
  const bytes = await readBytes(request);
  const fail = (why: string) =>
    badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why}`,
    );
  switch (mediaType(request)) {
    case "application/json":
    case "application/yaml": {
      const value = parseDocument(bytes, (why) => fail(`json parse error: ${why}`));
      if (isObject(value)) return value;
      throw fail("json parse error: the body is no object");
    }
    case "application/vnd.kubernetes.protobuf":
      return decodeProtobuf(bytes);
    default:
      throw unsupportedMedia(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]);
  }
}

/** JSON, or else YAML. @throws what `fail` makes of the reason */
export function parseDocument(bytes: Uint8Array, fail: (why: string) => Error): Json {
  const source = new TextDecoder().decode(bytes);
  let value: Json;
  try {
    value = /^\s*[[{"]/.test(source) ? JSON.parse(source) : parseYaml(source) ?? null;
  } catch (error) {
    throw fail((error as Error).message.split("\n")[0]!);
  }
  if (isDeeperThan(value, MAX_DEPTH)) throw fail(`exceeded max depth of ${MAX_DEPTH}`);
  return value;
}

/** 415: the body is in none of the formats that would do. */
export function unsupportedMedia(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ` +
    accepted.join(", ");
  return new StatusError(415, "UnsupportedMediaType", message);
}

/** Refuses what patches have nested too deep. */
export function refuseDeep(value: Json): void {
  if (isDeeperThan(value, MAX_DEPTH)) {
    throw badRequest(`the object is nested deeper than ${MAX_DEPTH} levels`);
  }
}
