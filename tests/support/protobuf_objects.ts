/** Pods, lists, statuses and watch events in protobuf, made from their JSON the way an API server writes them. */

import * as protobuf from "./protobuf_writer.ts";

type Json = Readonly<Record<string, unknown>>;
type Message = protobuf.Message;

/** How to write one field of a message: its number, and what it is. A list is written item by item. */
type Field = readonly [number: number, type: "text" | "int" | "time" | "map" | "opaque" | Schema];
interface Schema {
  readonly [field: string]: Field;
}

const META: Schema = {
  name: [1, "text"],
  generateName: [2, "text"],
  namespace: [3, "text"],
  uid: [5, "text"],
  resourceVersion: [6, "text"],
  generation: [7, "int"],
  creationTimestamp: [8, "time"],
  deletionTimestamp: [9, "time"],
  deletionGracePeriodSeconds: [10, "int"],
  labels: [11, "map"],
  annotations: [12, "map"],
  finalizers: [14, "text"],
};
const CONTAINER: Schema = {
  name: [1, "text"],
  image: [2, "text"],
  command: [3, "text"],
  livenessProbe: [10, "opaque"],
  readinessProbe: [11, "opaque"],
  startupProbe: [22, "opaque"],
  restartPolicy: [24, "text"],
};
const CONTAINER_STATUS: Schema = {
  name: [1, "text"],
  state: [2, "opaque"],
  ready: [4, "int"],
  restartCount: [5, "int"],
  image: [6, "text"],
  imageID: [7, "text"],
};
const POD: Schema = {
  metadata: [1, META],
  spec: [2, {
    containers: [2, CONTAINER],
    restartPolicy: [3, "text"],
    terminationGracePeriodSeconds: [4, "int"],
    nodeName: [10, "text"],
    initContainers: [20, CONTAINER],
    ephemeralContainers: [34, { common: [1, CONTAINER] }],
  }],
  status: [3, {
    phase: [1, "text"],
    message: [3, "text"],
    containerStatuses: [8, CONTAINER_STATUS],
    initContainerStatuses: [10, CONTAINER_STATUS],
    ephemeralContainerStatuses: [13, CONTAINER_STATUS],
    observedGeneration: [17, "int"],
  }],
};
const LIST_META: Schema = {
  selfLink: [1, "text"],
  resourceVersion: [2, "text"],
  continue: [3, "text"],
  remainingItemCount: [4, "int"],
};
const STATUS: Schema = {
  metadata: [1, LIST_META],
  status: [2, "text"],
  message: [3, "text"],
  reason: [4, "text"],
  details: [5, {
    name: [1, "text"],
    kind: [3, "text"],
    causes: [4, { reason: [1, "text"], message: [2, "text"], field: [3, "text"] }],
    retryAfterSeconds: [5, "int"],
  }],
  code: [6, "int"],
};

/** A pod, without an envelope. */
export function podMessage(pod: object): Message {
  return message(pod as Json, POD);
}

/** A list of pods, in its envelope. */
export function podList(metadata: object, pods: readonly object[]): Message {
  const items = pods.map((pod) => protobuf.bytes(2, podMessage(pod)));
  return envelope(
    "PodList",
    protobuf.concat(protobuf.bytes(1, message(metadata as Json, LIST_META)), ...items),
  );
}

/** A status, in its envelope. */
export function status(status: object): Message {
  return envelope("Status", message(status as Json, STATUS));
}

/** An object in its envelope: the magic, then a `runtime.Unknown`. */
export function envelope(kind: string, object: Message): Message {
  const typeMeta = protobuf.concat(protobuf.text(1, "v1"), protobuf.text(2, kind));
  return protobuf.concat(
    new TextEncoder().encode("k8s\0"),
    protobuf.bytes(1, typeMeta),
    protobuf.bytes(2, object),
    protobuf.text(3, ""),
    protobuf.text(4, ""),
  );
}

/** An event of a watch on pods: `object` is a pod, or anything in its envelope. */
export function podEvent(type: string, object: object | Message): Message {
  const enveloped = object instanceof Uint8Array ? object : envelope("Pod", podMessage(object));
  return protobuf.concat(protobuf.text(1, type), protobuf.bytes(2, protobuf.bytes(1, enveloped)));
}

/** Events as a watch sends them: each behind its length. */
export function frames(...events: readonly Message[]): Message {
  return protobuf.concat(...events.flatMap((event) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, event.length);
    return [length, event];
  }));
}

function message(json: Json, schema: Schema): Message {
  return protobuf.concat(
    ...Object.entries(schema).flatMap(([name, [number, type]]) => {
      const value = json[name];
      // A time that is no pointer is written in any case; none at all as nothing.
      if (name === "creationTimestamp" && value == null) return [protobuf.bytes(number, new Uint8Array())];
      if (value === undefined || value === null) return [];
      return (Array.isArray(value) ? value : [value]).map((one) => field(number, type, one));
    }),
  );
}

function field(number: number, type: Field[1], value: unknown): Message {
  switch (type) {
    case "text":
      return protobuf.text(number, String(value));
    case "int":
      return protobuf.int(number, Number(value));
    case "time":
      return protobuf.bytes(number, time(String(value)));
    case "map":
      return protobuf.concat(
        ...Object.entries(value as Record<string, string>).map(([key, value]) =>
          protobuf.bytes(number, protobuf.concat(protobuf.text(1, key), protobuf.text(2, value)))
        ),
      );
    case "opaque":
      return protobuf.bytes(number, protobuf.text(1, JSON.stringify(value)));
    default:
      return protobuf.bytes(number, message(value as Json, type));
  }
}

/** A `metav1.Time`. */
function time(value: string): Message {
  return protobuf.concat(protobuf.int(1, Date.parse(value) / 1000), protobuf.int(2, 0));
}
