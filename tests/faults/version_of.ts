/** Reads the resource version from a frame of a watch. */

import { type Form, PROTOBUF_FORM } from "../../tools/bench/replay/frames.ts";
import { readField } from "../../tools/bench/replay/wire.ts";

/** The version of the frame's object. */
export function versionOf(frame: Uint8Array, form: Form): string {
  const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  if (form !== PROTOBUF_FORM) return JSON.parse(decode(frame)).object.metadata.resourceVersion;
  const object = readField(frame.subarray(4), [2, 1])!.subarray("k8s\0".length);
  return decode(readField(object, [2, 1, 6]));
}
