/** Label and field selectors: which objects a list or a watch is about. */

import { field, type Json, text } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { parseLabelSelector } from "./label_selector.ts";
import type { ResourceType } from "./resource_type.ts";
import { badRequest } from "./status_errors.ts";

/** Whether an object is selected. */
export type Selector = (object: KubeObject) => boolean;

/** The selector of a query. @throws {StatusError} 400 when it cannot be read, or asks for a field nobody indexes */
export function parseSelectors(query: URLSearchParams, type: ResourceType): Selector | undefined {
  const tests = [
    ...parseLabelSelector(query.get("labelSelector") ?? ""),
    ...fieldTests(query.get("fieldSelector") ?? "", type),
  ];
  return tests.length === 0 ? undefined : (object) => tests.every((test) => test(object));
}

function fieldTests(selector: string, type: ResourceType): Selector[] {
  return selector.split(",").filter((part) => part !== "").map((part) => {
    const [, name, operator, wanted] = /^([^=!]+)(==|=|!=)(.*)$/.exec(part) ?? [];
    if (name === undefined || wanted === undefined) {
      throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    }
    if (name !== "metadata.name" && name !== "metadata.namespace" && !type.selectableFields.includes(name)) {
      throw badRequest(`field label not supported: ${name}`);
    }
    const path = name === "source" ? ["source", "component"] : name.split(".");
    return operator === "!="
      ? (object) => valueAt(object, path) !== wanted
      : (object) => valueAt(object, path) === wanted;
  });
}

function valueAt(object: Json, path: readonly string[]): string {
  const value = field(object, ...path);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : text(object, ...path);
}
