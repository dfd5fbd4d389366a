/** Pods that exist only as the bytes that a watch sends: those of a template, with a name and a version of each pod's own. */

import { envelope, podEvent, podMessage } from "./protobuf_objects.ts";
import * as protobuf from "./protobuf_writer.ts";

/** Pods whose containers are alike, as those of one deployment. */
const PODS_PER_APP = 10;
/** Every so many deployments do not pin their images. */
const PINNED_APPS = 10;
/** The first of a million versions that have as many digits. */
const FIRST_VERSION = 1_000_000;

/** How pods changed while nobody watched: not at all, every one of them, or half of them are gone. */
export type Change = "none" | "all" | "gone";

/** How many pods there are, and where. */
export interface PaperOptions {
  readonly pods: number;
  readonly namespaces: number;
  /** How many of the pods are in the first namespace; its share when 0. */
  readonly largest?: number;
  /** How much a pod weighs at least; bytes. The measurements of the design have 5,300. */
  readonly podBytes?: number;
  /** Whether each pod was restarted another number of times, so that no two have equal containers. */
  readonly restarted?: boolean;
}

/** Pods in the order in which an API server sends them: by namespace, and in it by name. */
export class PaperPods {
  readonly namespaces: readonly string[];
  readonly #options: Required<PaperOptions>;
  #version = FIRST_VERSION;
  #isHalf = false;
  /** Whether somebody has got all initial events since the last change. */
  isSent = false;

  constructor({ pods, namespaces, largest, podBytes = 0, restarted = false }: PaperOptions) {
    this.namespaces = Array.from({ length: namespaces }, (_, i) => `team-${i}`);
    this.#options = {
      pods,
      namespaces,
      largest: largest || Math.ceil(pods / namespaces),
      podBytes,
      restarted,
    };
  }

  /** How many pods there are. */
  get size(): number {
    return this.#isHalf ? Math.floor(this.#options.pods / 2) : this.#options.pods;
  }

  change(how: Change): void {
    this.isSent = false;
    if (how === "all") this.#version += this.#options.pods;
    if (how === "gone") this.#isHalf = true;
  }

  /** The initial events of a watch, and the bookmark that ends them. */
  *events(): Generator<Uint8Array> {
    const { pods, namespaces, largest } = this.#options;
    const others = Math.ceil((pods - largest) / Math.max(1, namespaces - 1));
    let template: Template | undefined;
    for (let i = 0; i < pods; i++) {
      if (this.#isHalf && i % 2 === 0) continue;
      const rest = i - largest;
      const namespace = this.namespaces[rest < 0 ? 0 : 1 + Math.floor(rest / others)]!;
      const app = Math.floor((rest < 0 ? i : rest % others) / PODS_PER_APP);
      if (template?.namespace !== namespace || template.app !== app) {
        template = new Template(namespace, app, this.#options);
      }
      yield template.event(i, this.#version + i);
    }
    const metadata = {
      resourceVersion: String(this.#version + pods),
      annotations: { "k8s.io/initial-events-end": "true" },
    };
    yield podEvent("BOOKMARK", { metadata });
    this.isSent = true;
  }
}

/** The event of one pod of a deployment, and where in it is what the others have differently. */
class Template {
  readonly #bytes: Uint8Array;
  readonly #nameAt: number;
  readonly #versionAt: number;
  readonly #restartsAt: number | undefined;

  constructor(
    readonly namespace: string,
    readonly app: number,
    { podBytes, restarted }: Pick<Required<PaperOptions>, "podBytes" | "restarted">,
  ) {
    const names = ["app", "proxy", "logs"];
    const image = `registry.example.com/${namespace}/service-${app}`;
    const tag = app % PINNED_APPS === 0 ? "" : ":v1.2.3";
    const pod = podMessage({
      metadata: {
        name: `service-${app}-6d4cf56db9-${NAME}`,
        namespace,
        resourceVersion: VERSION,
        creationTimestamp: "2026-01-01T00:00:00Z",
      },
      spec: {
        restartPolicy: "Always",
        containers: names.map((name) => ({
          name,
          image: `${image}/${name}${tag}`,
          livenessProbe: {},
          readinessProbe: {},
        })),
      },
      status: {
        phase: "Running",
        containerStatuses: names.map((name) => ({ name, restartCount: restarted ? RESTARTS : 0 })),
      },
    });
    const managedFields = protobuf.bytes(17, new Uint8Array(Math.max(0, podBytes - pod.length)));
    this.#bytes = podEvent(
      "ADDED",
      envelope("Pod", protobuf.concat(pod, protobuf.bytes(1, managedFields))),
    );
    const text = new TextDecoder("latin1").decode(this.#bytes);
    this.#nameAt = text.indexOf(NAME);
    this.#versionAt = text.indexOf(VERSION);
    if (restarted) {
      this.#restartsAt = text.indexOf(new TextDecoder("latin1").decode(protobuf.varint(RESTARTS)));
    }
  }

  event(i: number, version: number): Uint8Array {
    const bytes = this.#bytes.slice();
    ENCODER.encodeInto(i.toString(36).padStart(NAME.length, "x"), bytes.subarray(this.#nameAt));
    ENCODER.encodeInto(String(version), bytes.subarray(this.#versionAt));
    if (this.#restartsAt !== undefined) bytes.set(protobuf.varint(RESTARTS + i), this.#restartsAt);
    return bytes;
  }
}

const ENCODER = new TextEncoder();
/** What stands for the end of a name, for a version and for a number of restarts; what replaces them is as long. */
const NAME = "-----";
const VERSION = String(FIRST_VERSION);
const RESTARTS = 100_000;
