/** Reads the containers of a pod in its protobuf form, and how often each was restarted. */

import type { ContainerFacts, ContainerKind } from "../api/pod_facts.ts";
import { lengthTag, type ProtobufReader, varintTag } from "./protobuf_reader.ts";
import type { FactsPool } from "./facts_pool.ts";

// Fields by their names and numbers in the `generated.proto` of k8s.io/api/core/v1.
const CONTAINER = {
  name: lengthTag(1),
  image: lengthTag(2),
  livenessProbe: lengthTag(10),
  readinessProbe: lengthTag(11),
  restartPolicy: lengthTag(24),
};
const CONTAINER_STATUS = { name: lengthTag(1), restartCount: varintTag(5) };

/** A container whose restarts are told elsewhere in the pod. */
export type DraftContainer = { -readonly [Key in keyof ContainerFacts]: ContainerFacts[Key] };

/** Restarts by container, as far as there are any. */
export type Restarts = Map<string, number>;

/** The container that `reader` has found. */
export function readContainer(
  reader: ProtobufReader,
  kind: Exclude<ContainerKind, "sidecar">,
  pool: FactsPool,
): DraftContainer {
  let name = "";
  let image = "";
  let restartPolicy = "";
  let hasLivenessProbe = false;
  let hasReadinessProbe = false;
  for (const end = reader.enter(); reader.next(end);) {
    const { bytes, from, to } = reader;
    switch (reader.tag) {
      case CONTAINER.name:
        name = pool.read(bytes, from, to);
        break;
      case CONTAINER.image:
        image = pool.read(bytes, from, to);
        break;
      case CONTAINER.livenessProbe:
        hasLivenessProbe = true;
        break;
      case CONTAINER.readinessProbe:
        hasReadinessProbe = true;
        break;
      case CONTAINER.restartPolicy:
        restartPolicy = pool.read(bytes, from, to);
        break;
    }
  }
  const isSidecar = kind === "init" && restartPolicy === "Always";
  return {
    name,
    kind: isSidecar ? "sidecar" : kind,
    image,
    hasLivenessProbe,
    hasReadinessProbe,
    restarts: 0,
  };
}

/** Adds what the container status that `reader` has found says of restarts. */
export function readRestarts(reader: ProtobufReader, restarts: Restarts, pool: FactsPool): void {
  let nameFrom = 0;
  let nameTo = 0;
  let count = 0;
  for (const end = reader.enter(); reader.next(end);) {
    if (reader.tag === CONTAINER_STATUS.name) {
      nameFrom = reader.from;
      nameTo = reader.to;
    } else if (reader.tag === CONTAINER_STATUS.restartCount) count = reader.int32;
  }
  // Without restarts there is nothing to say, unless it was said otherwise before.
  if (count <= 0 && restarts.size === 0) return;
  restarts.set(pool.read(reader.bytes, nameFrom, nameTo), Math.max(0, count));
}
