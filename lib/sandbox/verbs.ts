/** The verbs: get, list, watch, create, update, patch and delete of objects, each from a request to an answer. */

import { readObject } from "./body.ts";
import { bodyOf, bodyOfWatch } from "./bodies.ts";
import { type Call, writeOptions } from "./call.ts";
import { decode, placed } from "./decode.ts";
import { deleteOptions, isStatus, remove } from "./deletion.ts";
import { present, type Presentation, toItem } from "./forms.ts";
import type { Json, JsonObject } from "./json.ts";
import { keyOf, type KubeObject } from "./kube_object.ts";
import { list, parseVersion, tooLarge } from "./lists.ts";
import { negotiate } from "./negotiation.ts";
import { patch } from "./patches.ts";
import { apiVersionOf } from "./resource_type.ts";
import { parseSelectors } from "./selectors.ts";
import { badRequest, notFound, qualified, StatusError } from "./status_errors.ts";
import { planWatch } from "./watch_plan.ts";
import { Watch } from "./watches.ts";
import { requireVersion } from "./write_checks.ts";
import { create, replace } from "./writes.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** Does what a request asks for. @throws {StatusError} */
export async function answerCall(call: Call, isWatch: boolean, watches: Set<Watch>): Promise<Response> {
  const presentation: Presentation = {
    form: negotiate(call.request),
    includeObject: call.query.get("includeObject") ?? "Metadata",
    now: () => call.clock.now(),
  };
  const { method } = call.request;
  const one = (object: KubeObject, status = 200) => json(present(object, call, presentation), status);
  if (call.name === "") {
    switch (method) {
      case "GET":
        if (isWatch || wantsWatch(call.query)) return watch(call, presentation, watches);
        return new Response(bodyOf(list(call, presentation)), { headers: JSON_TYPE });
      case "POST":
        return one(await post(call), 201);
      case "DELETE":
        if (!call.resource.type.hasDeleteCollection) throw notAllowed();
        return json(await removeAll(call), 200);
      default:
        throw call.resource.type.isCustom ? badRequest("name must be provided") : notAllowed();
    }
  }
  switch (method) {
    case "GET":
      if (isWatch || wantsWatch(call.query)) return watch(call, presentation, watches);
      return one(get(call));
    case "PUT": {
      const { object, isNew } = await put(call);
      return one(object, isNew ? 201 : 200);
    }
    case "PATCH": {
      const { object, isNew } = await patch(call);
      return one(object, isNew ? 201 : 200);
    }
    case "DELETE": {
      if (call.part === "status") throw unsupportedVerb(call, "delete");
      const answer = remove(call, await deleteOptions(call));
      return isStatus(answer) ? json(answer, 200) : one(answer as KubeObject);
    }
    case "POST":
      throw call.resource.type.isCustom ? unsupportedVerb(call, "create") : notAllowed();
    default:
      throw notAllowed();
  }
}

function wantsWatch(query: URLSearchParams): boolean {
  return query.get("watch") === "true" || query.get("watch") === "1";
}

function json(value: Json, status: number): Response {
  return new Response(`${JSON.stringify(value)}\n`, { status, headers: JSON_TYPE });
}

function get({ resource: { type, store }, namespace, name, query, registry }: Call): KubeObject {
  const asked = parseVersion(query.get("resourceVersion") ?? "");
  if (asked !== undefined && asked > registry.versions.current) {
    throw tooLarge(asked, registry.versions.current);
  }
  const found = store.get({ namespace, name });
  if (found === undefined) throw notFound(type, name);
  return found;
}

async function post(call: Call): Promise<KubeObject> {
  const options = writeOptions(call, "CreateOptions");
  const body = await readObject(call.request, call.resource.type.kind);
  return create(placed(decode(body, "body", call, options), call), call, options);
}

async function put(call: Call): Promise<{ readonly object: KubeObject; readonly isNew: boolean }> {
  const { resource: { type, store }, namespace, name } = call;
  const options = writeOptions(call, "UpdateOptions");
  const body = await readObject(call.request, type.kind);
  const wanted = placed(decode(body, "body", call, options), call);
  const old = store.get({ namespace, name });
  if (old === undefined) {
    if (!type.createsOnUpdate) throw notFound(type, name);
    return { object: create(wanted, call, options), isNew: true };
  }
  requireVersion(wanted, call);
  return { object: replace(wanted, old, call, options), isNew: false };
}

/** Deletes what is selected; the answer lists it as it was. */
async function removeAll(call: Call): Promise<JsonObject> {
  const { resource: { type, store }, namespace, query, registry } = call;
  const options = await deleteOptions(call);
  const selector = parseSelectors(query, type);
  const resourceVersion = String(registry.versions.current);
  const selected = [...store.values(namespace)].filter((object) => selector?.(object) ?? true);
  for (const object of selected) remove({ ...call, ...keyOf(object) }, options);
  return {
    kind: type.listKind,
    apiVersion: apiVersionOf(type),
    metadata: { resourceVersion },
    items: selected.map((object) => toItem(object, type)),
  };
}

function watch(call: Call, presentation: Presentation, watches: Set<Watch>): Response {
  const watch = new Watch(call, planWatch(call), presentation, () => watches.delete(watch));
  watches.add(watch);
  return new Response(bodyOfWatch(watch), { headers: JSON_TYPE });
}

/** 405 for a method that the resource has not. */
export function notAllowed(): StatusError {
  return new StatusError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

function unsupportedVerb({ resource: { type } }: Call, verb: string): StatusError {
  const kind = qualified(type, type.plural);
  const message = `${verb} is not supported on resources of kind "${kind}"`;
  const details = { ...(type.group && { group: type.group }), kind: type.plural };
  return new StatusError(405, "MethodNotAllowed", message, details);
}
