/** Refusals in protobuf, made into JSON: an API server gives them in the form that was asked for. */

import type { Middleware } from "openapi-fetch";
import { enterObject, PROTOBUF, readStatus } from "./protobuf_objects.ts";
import { MalformedError, ProtobufReader } from "./protobuf_reader.ts";

/** Puts the refusal that a protobuf answer carries before the client as JSON. */
export const refusalsToJson: Middleware = {
  async onResponse({ response }) {
    const { ok, status, statusText, headers } = response;
    if (ok || !headers.get("content-type")?.startsWith(PROTOBUF)) return undefined;
    const refusal = toStatus(new Uint8Array(await response.arrayBuffer()));
    return new Response(JSON.stringify(refusal), { status, statusText, headers });
  },
};

function toStatus(bytes: Uint8Array): object {
  const reader = new ProtobufReader();
  reader.bytes = bytes;
  try {
    return readStatus(reader, enterObject(reader, bytes.length));
  } catch (error) {
    if (error instanceof MalformedError) return {};
    throw error;
  }
}
