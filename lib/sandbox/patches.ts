/** The four kinds of PATCH, each of which makes of an object what shall take its place. */

import { applyConfig } from "./apply.ts";
import { mediaType, parseDocument, readBytes, refuseDeep, unsupportedMedia } from "./body.ts";
import { type Call, writeOptions } from "./call.ts";
import { decode, placed } from "./decode.ts";
import { isObject, type Json, type JsonObject, text } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { applyJsonPatch } from "./patch_json.ts";
import { applyMergePatch, applyStrategicPatch } from "./patch_merge.ts";
import { prune } from "./pruning.ts";
import { apiVersionOf } from "./resource_type.ts";
import { badRequest, notFound, StatusError } from "./status_errors.ts";
import { create, replace } from "./writes.ts";

const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC_PATCH = "application/strategic-merge-patch+json";
const APPLY_PATCH = "application/apply-patch+yaml";

/** What came of a patch, and whether the object is new. */
export interface Patched {
  readonly object: KubeObject;
  readonly isNew: boolean;
}

/** Does the PATCH of a request. @throws {StatusError} */
export async function patch(call: Call): Promise<Patched> {
  const { resource: { type } } = call;
  const media = mediaType(call.request);
  const accepted = type.isCustom
    ? [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]
    : [JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH];
  if (!accepted.includes(media)) throw unsupportedMedia(accepted);
  const bytes = await readBytes(call.request);
  if (media === APPLY_PATCH) return apply(call, bytes);
  const options = writeOptions(call, "PatchOptions");
  const change = parseDocument(bytes, (why) => badRequest(`error decoding patch: ${why}`));
  if (media !== JSON_PATCH && !isObject(change)) {
    const found = change === null ? "null" : Array.isArray(change) ? "array" : typeof change;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
    );
  }
  const old = current(call);
  const changed = changedBy(media, old, change, call);
  refuseDeep(changed);
  if (!isObject(changed)) throw badRequest("error decoding patch: the result is no object");
  const wanted = placed(decode(changed, "patch", call, options), call);
  return { object: replace(wanted, old, call, options), isNew: false };
}

function changedBy(media: string, old: KubeObject, change: Json, { resource: { type } }: Call): Json {
  switch (media) {
    case JSON_PATCH:
      return applyJsonPatch(old, change);
    case STRATEGIC_PATCH:
      return applyStrategicPatch(old, change, type.schema);
    default:
      return applyMergePatch(old, change);
  }
}

function current({ resource: { type, store }, namespace, name }: Call): KubeObject {
  const found = store.get({ namespace, name });
  if (found === undefined) throw notFound(type, name);
  return found;
}

function apply(call: Call, bytes: Uint8Array): Patched {
  const { resource: { type, store }, namespace, name, part, clock } = call;
  const options = writeOptions(call, "PatchOptions", true);
  const config = parseDocument(bytes, (why) => badRequest(`error decoding YAML: ${why}`));
  if (!isObject(config)) throw badRequest("error decoding YAML: the body is no object");
  checkConfig(config, call);
  const live = store.get({ namespace, name });
  if (live === undefined && part === "status") throw notFound(type, name);
  const writer = { manager: options.manager, part, now: clock.now() };
  const skeleton = {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { name },
  } as unknown as KubeObject;
  const applied = applyConfig(live ?? skeleton, config, {
    schema: type.schema,
    writer,
    isForced: options.isForced,
  });
  const wanted = placed(decode(withIdentity(applied, config, live), "patch", call, options), call);
  const booked = { ...options, isBooked: true };
  if (live !== undefined) return { object: replace(wanted, live, call, booked), isNew: false };
  return { object: create(wanted, call, booked), isNew: true };
}

/** Name and namespace as the configuration has them, and the version and uid it insists on. */
function withIdentity(applied: KubeObject, config: JsonObject, live: KubeObject | undefined): KubeObject {
  const asked = ["name", "namespace", "uid", ...(live === undefined ? [] : ["resourceVersion"])]
    .flatMap((key) => text(config, "metadata", key) === "" ? [] : [[key, text(config, "metadata", key)]]);
  return { ...applied, metadata: { ...applied.metadata, ...Object.fromEntries(asked) } };
}

function checkConfig(config: JsonObject, { resource: { type } }: Call): void {
  const [apiVersion, kind] = [text(config, "apiVersion"), text(config, "kind")];
  if (apiVersion !== apiVersionOf(type) || kind !== type.kind) {
    const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  const metadata = config["metadata"];
  if (isObject(metadata) && Object.hasOwn(metadata, "managedFields") && metadata["managedFields"] !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const unknown: string[] = [];
  prune(config, type.schema, (path) => unknown.push(path));
  if (unknown.length === 0) return;
  const place = `${text(config, "metadata", "namespace")}/${text(config, "metadata", "name")}`;
  const told = unknown.map((path) => `.${path}: field not declared in schema`).join(", ");
  const message = `failed to create typed patch object (${place}; ${apiVersion}, Kind=${kind}): ${told}`;
  throw new StatusError(500, "", message);
}
