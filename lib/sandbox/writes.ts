/** Creates objects and replaces them: the rules that every write goes through, whatever it was asked by. */

import { toTimestamp } from "../api/clock.ts";
import { sameJson } from "../api/json.ts";
import type { Call, WriteOptions } from "./call.ts";
import { settle } from "./controllers.ts";
import { field, text, withFields } from "./json.ts";
import { finalizersOf, isDeleting, keyOf, type KubeObject, withMetadata } from "./kube_object.ts";
import { bookUpdate, type Writer } from "./managed_fields.ts";
import { checkMetadataChange, finalizerWarnings } from "./metadata_rules.ts";
import { alreadyExists, modified, StatusError } from "./status_errors.ts";
import { refuseInvalid, refuseLarge, requireNamespace } from "./write_checks.ts";

/** How often a generated name may turn out to be taken. */
const NAME_ATTEMPTS = 8;
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** How to write; what is booked has its managers written down already. */
export interface StoreOptions extends WriteOptions {
  readonly isBooked?: boolean;
}

/** Stores a new object. @throws {StatusError} when it may not be */
export function create(wanted: KubeObject, call: Call, options: StoreOptions): KubeObject {
  const { resource: { type, store }, clock } = call;
  requireNamespace(call, text(wanted.metadata, "name"));
  if (text(wanted.metadata, "resourceVersion") !== "") {
    throw new StatusError(500, "", "resourceVersion should not be set on objects to be created");
  }
  const now = clock.now();
  const name = text(wanted.metadata, "name") || freeName(wanted, call);
  const fresh = withMetadata(withoutStatus(wanted, call), {
    name: name || undefined,
    uid: crypto.randomUUID(),
    creationTimestamp: toTimestamp(now),
    generation: type.hasGeneration ? 1 : undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    ...(!options.isBooked && { managedFields: undefined }),
  });
  const complete = type.complete?.(fresh, undefined) ?? fresh;
  refuseInvalid(complete, undefined, call, []);
  const other = store.get(keyOf(complete));
  if (other !== undefined) throw alreadyExists(type, name, isDeleting(other));
  call.warnings.push(...finalizerWarnings(complete, undefined));
  const writer: Writer = { manager: options.manager, part: "main", now };
  const isNobodys = options.isBooked || options.manager === "";
  const booked = isNobodys ? complete : bookUpdate(complete, undefined, type.schema, writer);
  refuseLarge(booked);
  if (options.isDryRun) return booked;
  const stored = store.put(booked);
  settle(call, stored);
  return stored;
}

/** Puts `wanted` in place of `old`. @throws {StatusError} when it may not */
export function replace(
  wanted: KubeObject,
  old: KubeObject,
  call: Call,
  options: StoreOptions,
): KubeObject {
  const { resource: { type, store }, clock, part } = call;
  const { name } = keyOf(old);
  const version = text(wanted.metadata, "resourceVersion");
  if (version !== "" && version !== text(old.metadata, "resourceVersion")) throw modified(type, name);
  const metadataCauses = part === "status" && type.isCustom ? [] : checkMetadataChange(wanted, old);
  const placedParts = keepOtherPart(wanted, old, call);
  const kept = withMetadata(placedParts, {
    ...Object.fromEntries(SYSTEM_SET.map((key) => [key, field(old.metadata, key)])),
    selfLink: undefined,
  });
  const complete = type.complete?.(kept, old) ?? kept;
  refuseInvalid(complete, old, call, type.isCustom ? [...metadataCauses, ...metadataCauses] : metadataCauses);
  call.warnings.push(...finalizerWarnings(complete, old));
  const isSpecChanged = !sameJson(specOf(complete), specOf(old));
  const counted = type.hasGeneration && isSpecChanged
    ? withMetadata(complete, { generation: Number(field(old.metadata, "generation") ?? 0) + 1 })
    : complete;
  const writer = { manager: options.manager, part, now: clock.now() };
  const booked = options.isBooked ? counted : bookUpdate(counted, old, type.schema, writer);
  if (sameJson(booked, old)) return old;
  refuseLarge(booked);
  if (options.isDryRun) return booked;
  const isOver = isDeleting(booked) && finalizersOf(booked).length === 0 &&
    field(booked.metadata, "deletionGracePeriodSeconds") === 0;
  if (!isOver) {
    const stored = store.put(booked);
    settle(call, stored);
    return stored;
  }
  const last = store.remove(keyOf(old))!;
  settle(call, last);
  return booked;
}

/** Metadata that writes do not change. */
const SYSTEM_SET = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "generation",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generateName",
];

/** A write to the object leaves its status alone, and one to the status all else. */
function keepOtherPart(wanted: KubeObject, old: KubeObject, { part, resource: { type } }: Call): KubeObject {
  if (!type.hasStatus) return wanted;
  if (part === "main") return withFields(wanted, { status: field(old, "status") }) as KubeObject;
  const managedFields = field(wanted.metadata, "managedFields");
  const metadata = type.isCustom ? withFields(old.metadata, { managedFields }) : wanted.metadata;
  return withFields(old, { status: field(wanted, "status"), metadata }) as KubeObject;
}

function withoutStatus(wanted: KubeObject, { resource: { type } }: Call): KubeObject {
  return type.hasStatus ? withFields(wanted, { status: undefined }) as KubeObject : wanted;
}

/** All of an object whose changes its generation counts. */
function specOf(value: KubeObject) {
  return withFields(value, { metadata: undefined, status: undefined });
}

/** A name that begins as asked, of which there is none yet; empty when no beginning is asked for. */
function freeName({ metadata }: KubeObject, { resource: { store }, namespace }: Call): string {
  const base = text(metadata, "generateName");
  let name = "";
  for (let attempt = 0; base !== "" && attempt < NAME_ATTEMPTS; attempt++) {
    name = `${base}${randomSuffix()}`;
    if (store.get({ namespace, name }) === undefined) break;
  }
  return name;
}

function randomSuffix(): string {
  return [...crypto.getRandomValues(new Uint8Array(5))]
    .map((byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join("");
}
