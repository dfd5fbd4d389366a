/** Which resources the server has, each with its objects: the built-in ones, and those that definitions add. */

import { ObjectStore, Versions } from "./object_store.ts";
import { apiVersionOf, type ResourceType } from "./resource_type.ts";
import { SharedParts } from "./shared_parts.ts";

/** A kind of objects and the objects of that kind. */
export interface Resource {
  readonly type: ResourceType;
  readonly store: ObjectStore;
}

/** All resources of a server, on one counter of versions. */
export class Registry {
  readonly versions = new Versions();
  readonly #parts = new SharedParts();
  readonly #resources = new Map<string, Resource>();

  constructor(types: readonly ResourceType[]) {
    for (const type of types) this.set(type);
  }

  /** The resource of a path such as `/apis/<group>/<version>/<plural>`. */
  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#resources.get(`${group}/${version}/${plural}`);
  }

  /** The resource of a built-in type. */
  of({ group, version, plural }: ResourceType): Resource {
    return this.find(group, version, plural)!;
  }

  /** Adds a resource, or describes anew the one that is there; its objects stay. */
  set(type: ResourceType): void {
    const key = keyOf(type);
    const store = this.#resources.get(key)?.store ?? new ObjectStore(this.versions, this.#parts);
    this.#resources.set(key, { type, store });
  }

  /** Takes a resource out; its watches end. */
  remove(type: ResourceType): void {
    const key = keyOf(type);
    this.#resources.get(key)?.store.history.close();
    this.#resources.delete(key);
  }

  /** All resources, in the order in which they came. */
  all(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  /** The resources of a group and version. */
  inVersion(group: string, version: string): readonly Resource[] {
    return this.all().filter(({ type }) => type.group === group && type.version === version);
  }

  /** The `group/version` pairs that there are, the core's `v1` first. */
  apiVersions(): readonly string[] {
    return [...new Set(this.all().map(({ type }) => apiVersionOf(type)))];
  }
}

function keyOf({ group, version, plural }: ResourceType): string {
  return `${group}/${version}/${plural}`;
}
