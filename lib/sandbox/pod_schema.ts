/** The schema of pods: the fields of a pod, of its containers and of its status by name, what lies deeper as it comes. */

import { type JsonObject } from "./json.ts";
import { objectSchema, type Schema } from "./schema.ts";

/** The fields of a spec that hold containers which are run. */
export const CONTAINER_LISTS = ["initContainers", "containers"] as const;
/** How long a pod is given to end when it does not say; seconds. */
export const GRACE_PERIOD = 30;

const ANY: Schema = { "x-kubernetes-preserve-unknown-fields": true };
const ANY_OBJECT: Schema = { type: "object", ...ANY };
const TEXT: Schema = { type: "string" };
const NUMBER: Schema = { type: "integer", format: "int64" };
const FLAG: Schema = { type: "boolean" };
const TEXTS: Schema = { type: "array", items: TEXT, "x-kubernetes-list-type": "atomic" };
const TEXT_MAP: Schema = { type: "object", additionalProperties: TEXT };

function map(items: Schema, ...keys: string[]): Schema {
  return { type: "array", items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys };
}

function atomic(items: Schema): Schema {
  return { type: "array", items, "x-kubernetes-list-type": "atomic" };
}

/** An object schema; the names are those of one type each. */
function fields(typed: readonly (readonly [Schema, string])[], more: JsonObject = {}): Schema {
  const properties = typed.flatMap(([schema, names]) => names.split(" ").map((name) => [name, schema]));
  return { type: "object", properties: { ...Object.fromEntries(properties), ...more } };
}

/** An object of which some fields are known, and all are kept. */
function open(typed: readonly (readonly [Schema, string])[]): Schema {
  return { ...fields(typed), ...ANY };
}

const CONTAINER = fields([
  [
    TEXT,
    "name image imagePullPolicy restartPolicy terminationMessagePath terminationMessagePolicy workingDir",
  ],
  [TEXT, "targetContainerName"],
  [FLAG, "stdin stdinOnce tty"],
  [TEXTS, "args command"],
  [ANY_OBJECT, "lifecycle livenessProbe readinessProbe startupProbe resources securityContext"],
  [atomic(ANY_OBJECT), "envFrom resizePolicy restartPolicyRules"],
], {
  env: map(ANY_OBJECT, "name"),
  ports: map(
    { ...ANY_OBJECT, properties: { protocol: { ...TEXT, default: "TCP" } } },
    "containerPort",
    "protocol",
  ),
  volumeDevices: map(ANY_OBJECT, "devicePath"),
  volumeMounts: map(ANY_OBJECT, "mountPath"),
});

const SPEC = fields([
  [NUMBER, "activeDeadlineSeconds priority terminationGracePeriodSeconds"],
  [ANY_OBJECT, "affinity dnsConfig os resources securityContext"],
  [FLAG, "automountServiceAccountToken enableServiceLinks hostIPC hostNetwork hostPID hostUsers"],
  [FLAG, "setHostnameAsFQDN shareProcessNamespace"],
  [TEXT, "dnsPolicy hostname hostnameOverride nodeName preemptionPolicy priorityClassName restartPolicy"],
  [TEXT, "runtimeClassName schedulerName serviceAccount serviceAccountName subdomain"],
  [TEXT_MAP, "nodeSelector overhead"],
  [atomic(ANY_OBJECT), "readinessGates tolerations"],
  [map(CONTAINER, "name"), "containers ephemeralContainers initContainers"],
  [map(ANY_OBJECT, "name"), "imagePullSecrets resourceClaims schedulingGates volumes"],
], {
  hostAliases: map(ANY_OBJECT, "ip"),
  topologySpreadConstraints: map(ANY_OBJECT, "topologyKey", "whenUnsatisfiable"),
});

const CONTAINER_STATUS = open([[TEXT, "name image imageID"], [FLAG, "ready started"], [
  NUMBER,
  "restartCount",
]]);

const STATUS = fields([
  [TEXT, "phase message reason hostIP podIP qosClass nominatedNodeName resize"],
  [TEXT, "startTime"],
  [NUMBER, "observedGeneration"],
  [atomic(CONTAINER_STATUS), "containerStatuses initContainerStatuses ephemeralContainerStatuses"],
  [atomic(ANY_OBJECT), "hostIPs resourceClaimStatuses"],
  [ANY_OBJECT, "extendedResourceClaimStatus"],
], {
  conditions: map(open([[TEXT, "type status reason message"]]), "type"),
  podIPs: map(ANY_OBJECT, "ip"),
});

/** The schema of pods. */
export const POD_SCHEMA: Schema = objectSchema({
  description: "Pod is a collection of containers that can run on a host.",
  properties: { spec: SPEC, status: STATUS },
});
