/** What a team does in its namespace: policies and pods that come, change and go, straight at the API server. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import type { ControlPlane } from "../cluster/control_plane.ts";
import { createPod, deletePod, type KubeObject, setPodStatus } from "../cluster/fixtures.ts";

const STRICT = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 86_400,
};
const FOREIGN = "example.com/foreign";
/** Somebody else's condition, label, annotation and finalizer: all have to outlive whatever happens. */
const AUDITED = {
  type: "Audited",
  status: "True",
  reason: "ByHand",
  message: "",
  lastTransitionTime: "2026-01-01T00:00:00Z",
};

/** A namespace, and what has been done in it. */
export class Team {
  readonly cluster: ControlPlane;
  readonly namespace: string;
  /** How many changes were made that may change a status. */
  changes = 0;
  /** How often a policy of each name was created. */
  readonly lives = new Map<string, number>();
  /** What others than the operator own of each policy. */
  readonly foreign = new Map<string, unknown>();

  constructor(cluster: ControlPlane, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** Creates two pods, and two policies, one of them with what others own. */
  async populate(): Promise<void> {
    await this.createPod("web");
    await this.createPod("latest", { containers: [{ name: "app", image: "app:latest" }] });
    await this.createPolicy("strict", STRICT);
    await this.createPolicy("lenient", { forbidLatestTag: true, maxRestartCount: 0 }, [FOREIGN]);
    await this.request("PATCH", `${this.policyPath("lenient")}/status`, {
      status: { conditions: [AUDITED] },
    });
  }

  get policiesPath(): string {
    return `/apis/devops.stochastic.io/v1/namespaces/${this.namespace}/devopspolicies`;
  }

  policyPath(name: string): string {
    return `${this.policiesPath}/${name}`;
  }

  /** Asks the API server itself, as the admin. */
  readonly request = async (
    method: string,
    path: string,
    body?: unknown,
    headers?: HeadersInit,
  ): Promise<KubeObject> => {
    const response = await this.cluster.request(method, path, body, headers);
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot ${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };

  async createPod(name: string, spec: Record<string, unknown> = {}): Promise<KubeObject> {
    this.changes++;
    return await createPod(this.cluster, this.namespace, name, { spec });
  }

  async deletePod(name: string): Promise<void> {
    this.changes++;
    await deletePod(this.cluster, this.namespace, name);
  }

  async setRestarts(pod: string, restartCount: number): Promise<void> {
    this.changes++;
    await setPodStatus(this.cluster, this.namespace, pod, {
      phase: "Running",
      containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount }],
    });
  }

  async createPolicy(name: string, spec: unknown, finalizers: readonly string[] = []): Promise<KubeObject> {
    this.changes++;
    const policy = await this.request("POST", this.policiesPath, {
      apiVersion: "devops.stochastic.io/v1",
      kind: "DevOpsPolicy",
      metadata: {
        name,
        finalizers,
        labels: { "example.com/team": "shop" },
        annotations: { "example.com/note": name },
      },
      spec,
    });
    this.lives.set(name, (this.lives.get(name) ?? 0) + 1);
    this.foreign.set(name, foreignOf(policy));
    return policy;
  }

  async changePolicy(name: string, change: unknown): Promise<KubeObject> {
    this.changes++;
    const policy = await this.request("PATCH", this.policyPath(name), change);
    if (this.foreign.has(name)) this.foreign.set(name, foreignOf(policy));
    return policy;
  }

  /** Deletes a policy for good, whoever has a finalizer on it. */
  async removePolicy(name: string): Promise<void> {
    this.changes++;
    this.foreign.delete(name);
    await this.request("DELETE", this.policyPath(name));
    const { status } = await this.cluster.request("PATCH", this.policyPath(name), {
      metadata: { finalizers: null },
    });
    assert(status === 200 || status === 404, `the finalizers are taken off: ${status}`);
  }

  /** Leaves it to the row what others own of a policy. */
  disown(name: string): void {
    this.foreign.delete(name);
  }

  async policies(): Promise<readonly KubeObject[]> {
    return (await this.request("GET", this.policiesPath))["items"] as readonly KubeObject[];
  }

  async pods(): Promise<readonly KubeObject[]> {
    return (await this.request("GET", `/api/v1/namespaces/${this.namespace}/pods`))[
      "items"
    ] as readonly KubeObject[];
  }

  /** Everything that changes in an ordinary hour: a pod comes, another goes, a third restarts, a policy is edited. */
  async change(suffix = ""): Promise<void> {
    await this.createPod(`second${suffix}`, { containers: [{ name: "app", image: "app" }] });
    await this.setRestarts("web", 4 + this.changes);
    await this.changePolicy("strict", { spec: { maxRestartCount: 3 + this.changes % 2 } });
    if (suffix === "") await this.deletePod("latest");
  }
}

/** What the operator may never change about a policy. */
export function foreignOf({ metadata, spec }: KubeObject): unknown {
  const { uid, labels, annotations } = metadata;
  const finalizers = (metadata["finalizers"] ?? []) as readonly string[];
  return { uid, labels, annotations, finalizers: finalizers.filter((name) => name !== FINALIZER), spec };
}
