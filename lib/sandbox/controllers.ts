/** What a cluster's controllers do on a real server, done at once: definitions become resources, namespaces are emptied. */

import { toTimestamp } from "../api/clock.ts";
import type { Call } from "./call.ts";
import { acceptedStatus, CRD_FINALIZER, CRDS, customTypes, terminatingStatus } from "./crds.ts";
import { field, object, text } from "./json.ts";
import { finalizersOf, isDeleting, keyOf, type KubeObject, withMetadata } from "./kube_object.ts";
import { IMMORTAL_NAMESPACES, NAMESPACES } from "./namespaces.ts";
import type { Registry, Resource } from "./registry.ts";
import { forbidden } from "./status_errors.ts";

type Context = Pick<Call, "registry" | "clock" | "resource">;

/** Draws the conclusions of a write: `object` has been stored, or taken out. */
export function settle(context: Context, object: KubeObject): void {
  const { registry, resource: { type, store } } = context;
  const isGone = store.get(keyOf(object)) === undefined;
  if (type === CRDS && !isGone) establish(context, object);
  if (!isGone) return;
  finishNamespace(registry, keyOf(object).namespace);
  finishDefinitions(registry);
}

/** Starts the deletion of an object that takes others with it; undefined for one that does not. */
export function beginEnd(context: Context, found: KubeObject, isDryRun: boolean): KubeObject | undefined {
  const { type } = context.resource;
  if (type !== NAMESPACES && type !== CRDS) return undefined;
  const { name } = keyOf(found);
  if (type === NAMESPACES && IMMORTAL_NAMESPACES.includes(name)) {
    throw forbidden(NAMESPACES, name, "this namespace may not be deleted");
  }
  const marked = isDeleting(found) ? found : markEnding(context, found);
  if (isDryRun || marked === found) return marked;
  const stored = context.resource.store.put(marked);
  if (type === NAMESPACES) {
    for (const resource of context.registry.all().filter(({ type }) => type.isNamespaced)) {
      empty(context, resource, name);
    }
    finishNamespace(context.registry, name);
  } else {
    for (const resource of resourcesOf(context.registry, found)) empty(context, resource, "");
    finishDefinitions(context.registry);
  }
  return stored;
}

function markEnding({ resource: { type }, clock }: Context, found: KubeObject): KubeObject {
  const now = toTimestamp(clock.now());
  const marked = withMetadata(found, { deletionTimestamp: now });
  if (type === NAMESPACES) return { ...marked, status: { ...object(found, "status"), phase: "Terminating" } };
  const finalizers = [...new Set([...finalizersOf(found), CRD_FINALIZER])];
  return { ...withMetadata(marked, { finalizers }), status: terminatingStatus(found, now) };
}

/** Takes out what is in a namespace, or everywhere; what has finalizers is asked to go. */
function empty({ clock }: Context, { type, store }: Resource, namespace: string): void {
  for (const found of [...store.values(namespace)]) {
    if (finalizersOf(found).length === 0) store.remove(keyOf(found));
    else if (!isDeleting(found)) {
      store.put(withMetadata(found, {
        deletionTimestamp: toTimestamp(clock.now()),
        deletionGracePeriodSeconds: 0,
        ...(type.hasGeneration && { generation: Number(field(found.metadata, "generation") ?? 0) + 1 }),
      }));
    }
  }
}

/** Takes a namespace out that is to go and has nothing in it. */
function finishNamespace(registry: Registry, name: string): void {
  const { store } = registry.of(NAMESPACES);
  const found = store.get({ namespace: "", name });
  if (found === undefined || !isDeleting(found)) return;
  const isInUse = registry.all().some(({ type, store }) => type.isNamespaced && store.has(name));
  if (!isInUse) store.remove({ namespace: "", name });
}

/** Takes the definitions out that are to go and have no objects. */
function finishDefinitions(registry: Registry): void {
  const { store } = registry.of(CRDS);
  for (const definition of [...store.values("")]) {
    if (!isDeleting(definition)) continue;
    const resources = resourcesOf(registry, definition);
    if (resources.some(({ store }) => store.has(""))) continue;
    store.remove(keyOf(definition));
    for (const { type } of resources) registry.remove(type);
  }
}

function resourcesOf(registry: Registry, definition: KubeObject): readonly Resource[] {
  const [group, plural] = [text(definition, "spec", "group"), text(definition, "spec", "names", "plural")];
  return registry.all().filter(({ type }) => type.isCustom && type.group === group && type.plural === plural);
}

/** Serves what a definition defines, and says so in its status. */
function establish({ registry, clock }: Context, definition: KubeObject): void {
  if (isDeleting(definition)) return;
  for (const type of customTypes(definition)) registry.set(type);
  const status = acceptedStatus(definition, toTimestamp(clock.now()));
  if (status !== undefined) registry.of(CRDS).store.put({ ...definition, status });
}
