/** What servers answer with, as far as the rows look, and how they look at it. */

import assert from "node:assert/strict";

/** The metadata of an object or of a list. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly ManagedFields[];
  readonly continue?: string;
  readonly remainingItemCount?: number;
  readonly [field: string]: unknown;
}

/** Who set which fields. */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource?: string;
  readonly apiVersion: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: Readonly<Record<string, unknown>>;
}

/** An object, a list or a Status. */
export interface KubeObject {
  readonly metadata: Metadata;
  readonly items?: readonly KubeObject[];
  readonly [field: string]: unknown;
}

/** What a refusal says; a part that is left out is not compared. */
export interface Refusal {
  readonly code: number;
  readonly reason?: string | undefined;
  readonly message?: string | RegExp;
  readonly details?: unknown;
}

/** Asserts that `answer` is a Status that refuses, and says why. */
export function assertRefusal(answer: KubeObject, { code, message, ...rest }: Refusal): void {
  const { kind, apiVersion, status } = answer;
  assert.deepEqual({ kind, apiVersion, status }, { kind: "Status", apiVersion: "v1", status: "Failure" });
  assert.equal(answer["code"], code, JSON.stringify(answer));
  if (message instanceof RegExp) assert.match(String(answer["message"]), message);
  else if (message !== undefined) assert.equal(answer["message"], message);
  for (const [field, value] of Object.entries(rest)) assert.deepEqual(answer[field], value);
}

/** The names of the items of a list, in their order. */
export function names(list: KubeObject): string[] {
  return list.items?.map(({ metadata }) => metadata.name) ?? [];
}

/** Asserts that version `a` was written before version `b`. */
export function assertOlder(a: string, b: string): void {
  assert.ok(BigInt(a) < BigInt(b), `${a} is not older than ${b}`);
}

/** Fails, unless there is a value. */
export function present<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}

/** What a refusal says field by field, each once: a real server may validate metadata twice and says it twice then. */
export function uniqueCauses({ details }: KubeObject): unknown[] {
  const { causes = [] } = details as { causes?: readonly unknown[] };
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
}
