/** Pods: the resource, the rules that a server holds them to, and how long they take to end. */

import { sameJson } from "../api/json.ts";
import { unsupported } from "./call.ts";
import { field, isObject, type Json, type JsonObject, list, object, text, withFields } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { checkLabel } from "./metadata_rules.ts";
import { POD_COLUMNS } from "./pod_columns.ts";
import { completePod } from "./pod_defaults.ts";
import { CONTAINER_LISTS, GRACE_PERIOD, POD_SCHEMA } from "./pod_schema.ts";
import { BUILT_IN, type ResourceType } from "./resource_type.ts";
import type { Cause } from "./status_errors.ts";
import { invalidValue, required } from "./validation.ts";

/** The resource. */
export const PODS: ResourceType = {
  ...BUILT_IN,
  group: "",
  version: "v1",
  kind: "Pod",
  listKind: "PodList",
  plural: "pods",
  singular: "pod",
  shortNames: ["po"],
  categories: ["all"],
  hasStatus: true,
  hasGeneration: true,
  schema: POD_SCHEMA,
  columns: POD_COLUMNS,
  selectableFields: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
  ],
  complete: completePod,
  check,
  // Nobody has to be waited for when no kubelet has started it, or it has ended.
  gracePeriod: (pod, asked) => {
    const isIdle = text(pod, "spec", "nodeName") === "" ||
      ["Succeeded", "Failed"].includes(text(pod, "status", "phase"));
    const own = field(pod, "spec", "terminationGracePeriodSeconds");
    return isIdle ? 0 : asked ?? (typeof own === "number" ? own : GRACE_PERIOD);
  },
};

/** A pod's spec does not change, but for images and what the kubelet may be told later. */
const MUTABLE = ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"];
const FIXED = "pod updates may not change fields other than `spec.containers[*].image`," +
  "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` " +
  "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` " +
  "(allow it to be set to 1 if it was previously negative)";

function check(pod: KubeObject, old: KubeObject | undefined): Cause[] {
  if (list(pod, "spec", "containers").length === 0) return [required("spec.containers")];
  const causes = [
    ...CONTAINER_LISTS.flatMap((key) => checkContainers(list(pod, "spec", key), `spec.${key}`)),
    ...oneOf("spec.restartPolicy", text(pod, "spec", "restartPolicy"), RESTART_POLICIES),
  ];
  if (old === undefined || causes.length > 0) return causes;
  const moved = CONTAINER_LISTS.find((key) =>
    list(pod, "spec", key).length !== list(old, "spec", key).length
  );
  const forbidden = (field: string, why: string): Cause[] => [{
    reason: "FieldValueForbidden",
    message: `Forbidden: ${why}`,
    field,
  }];
  if (moved !== undefined) return forbidden(`spec.${moved}`, "pod updates may not add or remove containers");
  return sameJson(fixedPart(pod), fixedPart(old)) ? [] : forbidden("spec", FIXED);
}

function checkContainers(containers: readonly Json[], path: string): Cause[] {
  const names = new Set<string>();
  return containers.flatMap((container, index) => {
    const name = text(container, "name");
    const at = `${path}[${index}]`;
    const isTaken = names.has(name);
    names.add(name);
    return [
      ...(name === "" ? [required(`${at}.name`)] : checkLabel(`${at}.name`, name)),
      ...(isTaken && name !== ""
        ? [{ reason: "FieldValueDuplicate", message: `Duplicate value: "${name}"`, field: `${at}.name` }]
        : []),
      ...(text(container, "image") === "" ? [required(`${at}.image`)] : []),
      ...list(container, "ports").flatMap((port, i) => checkPort(port, `${at}.ports[${i}].containerPort`)),
      ...oneOf(`${at}.imagePullPolicy`, text(container, "imagePullPolicy"), PULL_POLICIES),
    ];
  });
}

function checkPort(port: Json, at: string): Cause[] {
  const number = Number(field(port, "containerPort") ?? 0);
  if (number === 0) return [required(at)];
  return number > 0 && number < 2 ** 16
    ? []
    : [invalidValue(at, number, "must be between 1 and 65535, inclusive")];
}

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];

function oneOf(field: string, value: string, supported: readonly string[]): Cause[] {
  return supported.includes(value) ? [] : [unsupported(field, JSON.stringify(value), supported)];
}

function fixedPart(pod: KubeObject): JsonObject {
  const gone = Object.fromEntries(MUTABLE.map((key) => [key, undefined]));
  const lists = CONTAINER_LISTS.map((key) => [
    key,
    list(pod, "spec", key).map((item) =>
      isObject(item) ? withFields(item, { image: undefined, imagePullPolicy: undefined }) : item
    ),
  ]);
  return withFields(object(pod, "spec"), { ...gone, ...Object.fromEntries(lists) });
}
