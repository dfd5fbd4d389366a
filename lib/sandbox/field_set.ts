/** Sets of fields, as `managedFields` keeps them: a tree whose steps are `f:name`, `k:{"type":"Ready"}` and `v:"value"`. */

import { isList, isObject, type Json, type JsonObject } from "./json.ts";

/** A set of fields below some object; `isMember` says whether that object itself belongs to it. */
export class FieldSet {
  isMember = false;
  readonly children = new Map<string, FieldSet>();

  /** The set that FieldsV1 describes. */
  static parse(json: Json | undefined): FieldSet {
    const set = new FieldSet();
    if (!isObject(json)) return set;
    for (const [step, inner] of Object.entries(json)) {
      if (step === ".") set.isMember = true;
      else set.children.set(step, FieldSet.parse(inner));
    }
    if (set.children.size === 0) set.isMember = true;
    return set;
  }

  /** The set as FieldsV1. */
  toJson(): JsonObject {
    const steps: [string, Json][] = [...this.children].map(([step, inner]) => [step, inner.toJson()]);
    steps.sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(this.isMember && steps.length > 0 ? [[".", {}], ...steps] : steps);
  }

  get isEmpty(): boolean {
    return !this.isMember && this.children.size === 0;
  }

  child(step: string): FieldSet {
    let child = this.children.get(step);
    if (child === undefined) this.children.set(step, child = new FieldSet());
    return child;
  }

  /** The fields of either. */
  union(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember || other.isMember;
    for (const step of new Set([...this.children.keys(), ...other.children.keys()])) {
      const [mine, theirs] = [this.children.get(step), other.children.get(step)];
      result.children.set(
        step,
        mine === undefined ? theirs! : theirs === undefined ? mine : mine.union(theirs),
      );
    }
    return result;
  }

  /** The fields of this one that the other has not. */
  minus(other: FieldSet): FieldSet {
    return this.#filter(other, (mine, theirs) => mine && !theirs);
  }

  /** The fields of both. */
  and(other: FieldSet): FieldSet {
    return this.#filter(other, (mine, theirs) => mine && theirs);
  }

  #filter(other: FieldSet, keeps: (mine: boolean, theirs: boolean) => boolean): FieldSet {
    const result = new FieldSet();
    result.isMember = keeps(this.isMember, other.isMember);
    for (const [step, inner] of this.children) {
      const kept = inner.#filter(other.children.get(step) ?? NOTHING, keeps);
      if (!kept.isEmpty) result.children.set(step, kept);
    }
    return result;
  }

  /** The members as paths for people: `.spec.replicas`, `.status.conditions[type="Ready"]`. */
  paths(prefix = ""): readonly string[] {
    return [
      ...(this.isMember ? [prefix] : []),
      ...[...this.children].flatMap(([step, inner]) => inner.paths(prefix + readable(step))),
    ];
  }
}

const NOTHING = new FieldSet();

function readable(step: string): string {
  const rest = step.slice(2);
  switch (step.slice(0, 2)) {
    case "f:":
      return `.${rest}`;
    case "k:":
      return `[${
        Object.entries(parse(rest)).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")
      }]`;
    default:
      return `[=${rest}]`;
  }
}

function parse(text: string): JsonObject {
  try {
    const value = JSON.parse(text);
    return isObject(value) && !isList(value) ? value : {};
  } catch {
    return {};
  }
}
