/** Reads a pod in its protobuf form into facts; total: whatever comes in, it answers and never throws. */

import type { ContainerFacts, PodFacts } from "../api/pod_facts.ts";
import { type DraftContainer, readContainer, readRestarts, type Restarts } from "./container_protobuf.ts";
import { lengthTag, MalformedError, type ProtobufReader, varintTag } from "./protobuf_reader.ts";
import type { FactsPool } from "./facts_pool.ts";
import { toText } from "./utf8.ts";

// Fields by their names and numbers in the `generated.proto` of k8s.io/api/core/v1 and k8s.io/apimachinery/meta/v1.
const POD = { metadata: lengthTag(1), spec: lengthTag(2), status: lengthTag(3) };
const METADATA = {
  name: lengthTag(1),
  namespace: lengthTag(3),
  resourceVersion: lengthTag(6),
  creationTimestamp: lengthTag(8),
  deletionTimestamp: lengthTag(9),
};
const TIME = { seconds: varintTag(1) };
const SPEC = { containers: lengthTag(2), restartPolicy: lengthTag(3), initContainers: lengthTag(20) };
const STATUS = { phase: lengthTag(1), containerStatuses: lengthTag(8), initContainerStatuses: lengthTag(10) };

/** The last moment that a `Date` can be, and the first one with a minus; seconds since 1970. */
const MAX_TIME = 8.64e12;

/** A pod of which some fields have been read. A field that comes twice counts as the format wants it: the last, or both. */
class Draft {
  namespace = "";
  name = "";
  resourceVersion = "";
  phase = "";
  createdAtSeconds: number | undefined;
  deleting = false;
  restartPolicy = "";
  hasSpec = false;
  readonly regular: DraftContainer[] = [];
  readonly init: DraftContainer[] = [];
  readonly restarts: Restarts = new Map();
  readonly initRestarts: Restarts = new Map();
}

/** The facts of the pod from `reader` to `end`; undefined when it has no name or namespace to keep it under. */
export function readPod(reader: ProtobufReader, end: number, pool: FactsPool): PodFacts | undefined {
  const draft = new Draft();
  let problem: string | undefined;
  try {
    readFields(reader, end, draft, pool);
    if (!draft.hasSpec) problem = "it has no spec";
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    problem = "its protobuf cannot be read";
  }
  if (draft.name === "" || draft.namespace === "") return undefined;
  const facts: PodFacts = {
    namespace: draft.namespace,
    name: draft.name,
    resourceVersion: draft.resourceVersion,
    phase: draft.phase,
    createdAtSeconds: draft.createdAtSeconds,
    deleting: draft.deleting,
    restartPolicy: draft.restartPolicy || "Always",
    containers: problem === undefined ? pool.containers(containersOf(draft)) : [],
  };
  // Not within the braces, which would make room for it in every pod.
  return problem === undefined ? facts : { ...facts, problem };
}

function readFields(reader: ProtobufReader, end: number, draft: Draft, pool: FactsPool): void {
  while (reader.next(end)) {
    switch (reader.tag) {
      case POD.metadata:
        readMetadata(reader, draft, pool);
        break;
      case POD.spec:
        draft.hasSpec = true;
        readSpec(reader, draft, pool);
        break;
      case POD.status:
        readStatus(reader, draft, pool);
        break;
    }
  }
}

function readMetadata(reader: ProtobufReader, draft: Draft, pool: FactsPool): void {
  for (const end = reader.enter(); reader.next(end);) {
    const { bytes, from, to } = reader;
    switch (reader.tag) {
      case METADATA.name:
        draft.name = toText(bytes, from, to);
        break;
      case METADATA.namespace:
        draft.namespace = pool.read(bytes, from, to);
        break;
      case METADATA.resourceVersion:
        draft.resourceVersion = toText(bytes, from, to);
        break;
      case METADATA.creationTimestamp:
        draft.createdAtSeconds = readTime(reader);
        break;
      case METADATA.deletionTimestamp:
        // Empty, it stands for no time at all.
        draft.deleting = from < to;
        break;
    }
  }
}

/** Whole seconds since 1970, as in JSON; undefined for no time at all. */
function readTime(reader: ProtobufReader): number | undefined {
  if (reader.from === reader.to) return undefined;
  let seconds = 0;
  for (const end = reader.enter(); reader.next(end);) {
    if (reader.tag === TIME.seconds) seconds = reader.int64;
  }
  return Math.abs(seconds) > MAX_TIME ? undefined : seconds;
}

function readSpec(reader: ProtobufReader, draft: Draft, pool: FactsPool): void {
  for (const end = reader.enter(); reader.next(end);) {
    switch (reader.tag) {
      case SPEC.containers:
        draft.regular.push(readContainer(reader, "regular", pool));
        break;
      case SPEC.initContainers:
        draft.init.push(readContainer(reader, "init", pool));
        break;
      case SPEC.restartPolicy:
        draft.restartPolicy = pool.read(reader.bytes, reader.from, reader.to);
        break;
    }
  }
}

function readStatus(reader: ProtobufReader, draft: Draft, pool: FactsPool): void {
  for (const end = reader.enter(); reader.next(end);) {
    switch (reader.tag) {
      case STATUS.phase:
        draft.phase = pool.read(reader.bytes, reader.from, reader.to);
        break;
      case STATUS.containerStatuses:
        readRestarts(reader, draft.restarts, pool);
        break;
      case STATUS.initContainerStatuses:
        readRestarts(reader, draft.initRestarts, pool);
        break;
    }
  }
}

/** Init containers and sidecars first, in a list of exactly their number. */
function containersOf({ init, regular, initRestarts, restarts }: Draft): readonly ContainerFacts[] {
  tell(initRestarts, init);
  tell(restarts, regular);
  return init.concat(regular);
}

function tell(restarts: Restarts, containers: readonly DraftContainer[]): void {
  if (restarts.size === 0) return;
  for (const container of containers) container.restarts = restarts.get(container.name) ?? 0;
}
