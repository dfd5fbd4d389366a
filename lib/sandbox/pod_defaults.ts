/** The defaults of pods: what a server fills in where a pod says nothing. */

import { sameJson } from "../api/json.ts";
import { field, isObject, type JsonObject, list, object, text, withFields } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { CONTAINER_LISTS, GRACE_PERIOD } from "./pod_schema.ts";

/** A pod with what it does not say filled in; a new one has not started. */
export function completePod(pod: KubeObject, old: KubeObject | undefined): KubeObject {
  const spec = object(pod, "spec");
  const lists = CONTAINER_LISTS.filter((key) => list(spec, key).length > 0)
    .map((key) => [key, list(spec, key).map((item) => isObject(item) ? completeContainer(item) : item)]);
  const completed: JsonObject = {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: GRACE_PERIOD,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    tolerations: ["not-ready", "unreachable"].map((taint) => ({
      key: `node.kubernetes.io/${taint}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    })),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    ...spec,
    ...Object.fromEntries(lists),
  };
  const status = old === undefined
    ? { phase: "Pending", qosClass: qosClass(completed) }
    : completeStatus(object(pod, "status"));
  return { ...pod, spec: completed, status };
}

function completeContainer(container: JsonObject): JsonObject {
  const image = text(container, "image");
  const isLatest = !image.includes("@") && /^(?:.*\/)?[^/:]*(?::latest)?$/.test(image);
  const resources = object(container, "resources");
  const limits = object(resources, "limits");
  const probes = ["livenessProbe", "readinessProbe", "startupProbe"]
    .flatMap((key) => isObject(field(container, key)) ? [[key, completeProbe(object(container, key))]] : []);
  return {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: isLatest ? "Always" : "IfNotPresent",
    ...withFields(container, {
      resources: Object.keys(limits).length > 0
        ? { ...resources, requests: { ...limits, ...object(resources, "requests") } }
        : resources,
    }),
    ...Object.fromEntries(probes),
  };
}

function completeProbe(probe: JsonObject): JsonObject {
  const http = field(probe, "httpGet");
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...probe,
    ...(isObject(http) && { httpGet: { path: "/", scheme: "HTTP", ...http } }),
  };
}

function completeStatus(status: JsonObject): JsonObject {
  const lists = STATUS_LISTS.filter(([key]) => list(status, key).length > 0)
    .map((
      [key, defaults],
    ) => [key, list(status, key).map((item) => isObject(item) ? { ...defaults, ...item } : item)]);
  return { ...status, ...Object.fromEntries(lists) };
}

const STATUS_LISTS = [
  ["conditions", { lastProbeTime: null, lastTransitionTime: null }],
  ["initContainerStatuses", { state: {}, lastState: {} }],
  ["containerStatuses", { state: {}, lastState: {} }],
] as const;

/** Whether all, some or none of the containers have said what they need. */
function qosClass(spec: JsonObject): string {
  const all = CONTAINER_LISTS.flatMap((key) => list(spec, key)).map((container) =>
    object(container, "resources")
  );
  if (
    all.every((resources) =>
      Object.keys(object(resources, "limits")).length === 0 &&
      Object.keys(object(resources, "requests")).length === 0
    )
  ) return "BestEffort";
  const isBound = (resources: JsonObject) =>
    ["cpu", "memory"].every((key) =>
      field(resources, "limits", key) !== undefined &&
      sameJson(field(resources, "limits", key), field(resources, "requests", key))
    );
  return all.every(isBound) ? "Guaranteed" : "Burstable";
}
