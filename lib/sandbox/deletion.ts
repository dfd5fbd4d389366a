/** Deletes objects: at once, after their grace period, or when the last finalizer is gone. */

import { toTimestamp } from "../api/clock.ts";
import { parseDocument, readBytes } from "./body.ts";
import { type Call, numberParameter, writeOptions } from "./call.ts";
import { beginEnd, settle } from "./controllers.ts";
import { field, type JsonObject, text } from "./json.ts";
import { finalizersOf, isDeleting, keyOf, type KubeObject, withMetadata } from "./kube_object.ts";
import { conflict, notFound, StatusError } from "./status_errors.ts";

/** How to delete. */
export interface DeleteOptions {
  /** Seconds. */
  readonly gracePeriod: number | undefined;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isDryRun: boolean;
}

/** The options of a request, from its query and from its body. @throws {StatusError} */
export async function deleteOptions(call: Call): Promise<DeleteOptions> {
  const bytes = await readBytes(call.request);
  const fail = (why: string) =>
    new StatusError(500, "", `couldn't get version/kind; json parse error: ${why}`);
  const body = bytes.length === 0 ? {} : parseDocument(bytes, fail);
  const asked = numberParameter(call.query, "gracePeriodSeconds") ??
    numberOf(field(body, "gracePeriodSeconds"));
  const bodyDryRun = field(body, "dryRun");
  return {
    // A negative period means one second, as on a real server.
    gracePeriod: asked !== undefined && asked < 0 ? 1 : asked,
    uid: text(body, "preconditions", "uid"),
    resourceVersion: text(body, "preconditions", "resourceVersion"),
    isDryRun: writeOptions(call, "DeleteOptions").isDryRun ||
      (Array.isArray(bodyDryRun) && bodyDryRun.includes("All")),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Deletes the object of a request; the answer is the object while it lingers, or that it is gone. */
export function remove(call: Call, options: DeleteOptions): JsonObject {
  const { resource: { type, store }, namespace, name } = call;
  const found = store.get({ namespace, name });
  if (found === undefined) throw notFound(type, name);
  checkPreconditions(found, call, options);
  const special = beginEnd(call, found, options.isDryRun);
  if (special !== undefined) return special;

  const grace = type.gracePeriod?.(found, options.gracePeriod);
  const isLingering = finalizersOf(found).length > 0 || (grace ?? 0) > 0;
  const marked = mark(found, call, grace ?? 0);
  if (options.isDryRun) return isLingering || grace !== undefined ? marked : gone(found, call);
  if (isLingering || grace !== undefined) {
    if (marked !== found) store.put(marked);
    if (isLingering) return store.get(keyOf(found))!;
  }
  const last = store.remove(keyOf(found))!;
  settle(call, last);
  return grace === undefined ? gone(found, call) : last;
}

/** The object with its deletion asked for; a period that runs already is only ever made shorter. */
function mark(found: KubeObject, { clock, resource: { type } }: Call, grace: number): KubeObject {
  const running = field(found.metadata, "deletionGracePeriodSeconds");
  if (isDeleting(found) && typeof running === "number" && running <= grace) return found;
  const generation = Number(field(found.metadata, "generation") ?? 0) + (isDeleting(found) ? 0 : 1);
  return withMetadata(found, {
    deletionTimestamp: toTimestamp(clock.now() + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(type.hasGeneration && { generation }),
  });
}

function checkPreconditions(
  { metadata }: KubeObject,
  { resource: { type }, name }: Call,
  options: DeleteOptions,
): void {
  const [uid, version] = [text(metadata, "uid"), text(metadata, "resourceVersion")];
  const differs = (what: string, wanted: string, found: string, why: string) =>
    conflict(
      type,
      type.kind,
      name,
      `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been ${why}`,
    );
  if (options.uid !== "" && options.uid !== uid) {
    throw differs("UID", options.uid, uid, "deleted and then recreated");
  }
  if (options.resourceVersion !== "" && options.resourceVersion !== version) {
    throw differs("ResourceVersion", options.resourceVersion, version, "modified");
  }
}

function gone(found: KubeObject, { resource: { type } }: Call): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: keyOf(found).name,
      ...(type.group && { group: type.group }),
      kind: type.plural,
      uid: text(found.metadata, "uid"),
    },
  };
}

/** Whether deleting has told that the object is gone, and not what is left of it. */
export function isStatus(answer: JsonObject): boolean {
  return text(answer, "kind") === "Status";
}
