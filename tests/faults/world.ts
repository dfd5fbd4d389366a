/** The world of one row: a namespace with policies and pods, an operator on it, and a proxy between it and the API server. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import type { ControlPlane } from "../cluster/control_plane.ts";
import { eventually } from "../cluster/eventually.ts";
import { createNamespace, createPod, deletePod, type KubeObject, setPodStatus } from "../cluster/fixtures.ts";
import { startOperator } from "../cluster/operator_process.ts";
import { upstreamOf } from "./exchange.ts";
import { startHurried, type Subject } from "./hurried_operator.ts";
import { toldBy, truthOf } from "./oracle.ts";
import { FaultProxy, type LoggedRequest } from "./proxy.ts";

/** How a row's world begins. */
export interface Beginning {
  /** How many times faster than real ones the clocks of the operator run, which then is in this process. */
  readonly speed?: number;
  /** Further arguments of the operator. */
  readonly args?: readonly string[];
  /** Whether the row starts the operator itself. */
  readonly isLate?: boolean;
}

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
const REQUEUE_MS = 30_000;
/** Whoever has not lied for so long after the last change does not any more. */
const QUIET_MS = 500;
/** More sockets than this beyond those that it had when all was well are a leak. */
const SPARE_SOCKETS = 4;

/** A row's world. Disposing of it ends the operator and the proxy. */
export class World implements AsyncDisposable {
  readonly cluster: ControlPlane;
  readonly namespace: string;
  readonly proxy: FaultProxy;
  readonly #beginning: Beginning;
  #operator: Subject | undefined;
  #startedAt = performance.now();
  #socketsAtRest = 0;
  /** A pod as the proxy shows it, where that is another than the API server's. */
  seen: (pod: KubeObject) => KubeObject = (pod) => pod;
  /** A policy that the operator is shown otherwise than it is, so that its status cannot be true. */
  ignored: string | undefined;
  #isSeen: (metadata: KubeObject["metadata"]) => boolean = () => true;
  /** How many changes the row has made that may change a status. */
  #changes = 0;
  /** Status writes beyond those of an undisturbed run, for each policy. */
  #surplus = 0;
  /** What others own of each policy. */
  readonly #foreign = new Map<string, unknown>();

  private constructor(cluster: ControlPlane, namespace: string, proxy: FaultProxy, beginning: Beginning) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.proxy = proxy;
    this.#beginning = beginning;
  }

  /** Makes the world; unless the row starts late, with an operator that has told the truth for the first time. */
  static async begin(cluster: ControlPlane, namespace: string, beginning: Beginning = {}): Promise<World> {
    await createNamespace(cluster, namespace);
    const proxy = await FaultProxy.start({ upstream: upstreamOf(cluster) });
    const world = new World(cluster, namespace, proxy, beginning);
    try {
      await world.createPod("web");
      await world.createPod("latest", { containers: [{ name: "app", image: "app:latest" }] });
      await world.createPolicy("strict", STRICT);
      await world.createPolicy("lenient", { forbidLatestTag: true, maxRestartCount: 0 }, [FOREIGN]);
      await world.request("PATCH", `${world.policyPath("lenient")}/status`, {
        status: { conditions: [AUDITED] },
      });
      if (!beginning.isLate) await world.start();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  get operator(): Subject {
    assert(this.#operator !== undefined, "the row has not started the operator");
    return this.#operator;
  }

  /** Starts the operator and waits until it has told the truth. */
  async start(user?: Readonly<Record<string, unknown>>): Promise<void> {
    await this.launch(user);
    await this.isTrue(60_000);
    this.#socketsAtRest = await this.sockets();
  }

  /** Starts the operator, and no more. @param user who it says it is, as a kubeconfig has it; the admin if left out */
  async launch(user?: Readonly<Record<string, unknown>>): Promise<void> {
    const { speed, args = [] } = this.#beginning;
    const kubeconfig = await this.#kubeconfig(user);
    this.#startedAt = performance.now();
    this.#operator = speed === undefined
      ? { ...startOperator({ kubeconfig }, ["-n", this.namespace, ...args]), now: () => Date.now() }
      : await startHurried({ kubeconfig, namespace: this.namespace, speed });
  }

  /** The file with the authority that the operator is to trust. */
  get caFile(): string {
    return `${this.cluster.dir}/${this.namespace}.ca`;
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
    this.#changes++;
    return await createPod(this.cluster, this.namespace, name, { spec });
  }

  async deletePod(name: string): Promise<void> {
    this.#changes++;
    await deletePod(this.cluster, this.namespace, name);
  }

  async setRestarts(pod: string, restartCount: number): Promise<void> {
    this.#changes++;
    await setPodStatus(this.cluster, this.namespace, pod, {
      phase: "Running",
      containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount }],
    });
  }

  async createPolicy(name: string, spec: unknown, finalizers: readonly string[] = []): Promise<KubeObject> {
    this.#changes++;
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
    this.#foreign.set(name, foreignOf(policy));
    return policy;
  }

  async changePolicy(name: string, change: unknown): Promise<KubeObject> {
    this.#changes++;
    const policy = await this.request("PATCH", this.policyPath(name), change);
    if (this.#foreign.has(name)) this.#foreign.set(name, foreignOf(policy));
    return policy;
  }

  /** Deletes a policy for good, whoever has a finalizer on it. */
  async removePolicy(name: string): Promise<void> {
    this.#changes++;
    this.#foreign.delete(name);
    await this.request("DELETE", this.policyPath(name));
    const { status } = await this.cluster.request("PATCH", this.policyPath(name), {
      metadata: { finalizers: null },
    });
    assert(status === 200 || status === 404, `the finalizers are taken off: ${status}`);
  }

  /** Leaves it to the row what others own of a policy. */
  disown(name: string): void {
    this.#foreign.delete(name);
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
    await this.setRestarts("web", 4 + this.#changes);
    await this.changePolicy("strict", { spec: { maxRestartCount: 3 + this.#changes % 2 } });
    if (suffix === "") await this.deletePod("latest");
  }

  /** Allows so many more status writes of each policy than an undisturbed run has. */
  allowWrites(surplus: number): void {
    this.#surplus += surplus;
  }

  /** How the policies differ from what they should be; empty when they do not. */
  async lies(): Promise<readonly string[]> {
    const [policies, pods] = [await this.policies(), await this.pods()];
    const now = this.operator.now();
    const seen = pods.filter(({ metadata }) => this.#isSeen(metadata)).map(this.seen);
    const judged = policies.filter(({ metadata }) =>
      metadata["deletionTimestamp"] === undefined && metadata.name !== this.ignored
    );
    return judged.flatMap(
      (policy) => {
        const [truth, told] = [truthOf(policy, seen, now), toldBy(policy)];
        const finalizers = (policy.metadata["finalizers"] ?? []) as readonly string[];
        if (!finalizers.includes(FINALIZER)) return [`${policy.metadata.name} lacks our finalizer`];
        try {
          assert.deepEqual(told, truth);
          return [];
        } catch {
          return [
            `${policy.metadata.name} is ${JSON.stringify(told)} but should be ${JSON.stringify(truth)}`,
          ];
        }
      },
    );
  }

  /** Lets so many milliseconds of the operator's time pass. */
  async pass(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms / (this.#beginning.speed ?? 1)));
  }

  /** Waits until every status is true of the pods that `isSeen` picks: the others are kept from the operator. */
  async isTruth(isSeen: (metadata: KubeObject["metadata"]) => boolean): Promise<void> {
    this.#isSeen = isSeen;
    await this.isTrue();
    this.#isSeen = () => true;
  }

  /** Waits until every status is true; the message says what is not. @param ms of the operator's time, but at least 5 s */
  async isTrue(ms = 5_000): Promise<void> {
    const within = Math.max(5_000, ms / (this.#beginning.speed ?? 1));
    let lies: readonly string[] = [];
    try {
      await eventually(async () => (lies = await this.lies()).length === 0, { within, what: "the truth" });
    } catch (error) {
      throw new Error(`not true within ${within} ms: ${lies.slice(0, 3).join("; ")}`, { cause: error });
    }
  }

  /** The scores that the operator wrote, or tried to, from the `since`-th request on. */
  scores(name: string, since = 0): ReadonlySet<number> {
    return new Set(this.statusWrites(name, since).map(({ body }) => JSON.parse(body).status.healthScore));
  }

  statusWrites(name: string, since = 0): readonly LoggedRequest[] {
    return this.proxy.log({ kind: "patchStatus", name }, since);
  }

  /** How many sockets the operator's process has; 0 when it has no process of its own. */
  async sockets(): Promise<number> {
    const { pid } = this.operator;
    if (pid === undefined) return 0;
    let count = 0;
    for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
      const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
      if (target.startsWith("socket:")) count++;
    }
    return count;
  }

  /** All that has to hold once a row is over, whatever it did. */
  async judge(): Promise<void> {
    await this.isTrue();
    await this.pass(QUIET_MS);
    assert.deepEqual(await this.lies(), [], "what was true stays so");
    const policies = await this.policies();
    for (const policy of policies) {
      const { name } = policy.metadata;
      if (this.#foreign.has(name)) {
        assert.deepEqual(foreignOf(policy), this.#foreign.get(name), `what others own of ${name}`);
      }
      this.#judgeWrites(name);
    }
    assert.deepEqual(
      policies.filter(({ status }) => conditions(status).some(({ type }) => type === "Audited")).map((
        { metadata },
      ) => metadata.name),
      this.#foreign.has("lenient") ? ["lenient"] : [],
      "the condition of somebody else",
    );
    assert.equal((await this.operator.get("/healthz")).status, 200);
    assert.equal((await this.operator.get("/readyz")).status, 200);
    const sockets = await this.sockets();
    assert(
      sockets <= Math.max(this.#socketsAtRest, 1) + SPARE_SOCKETS || this.#socketsAtRest === 0,
      `${sockets} sockets, ${this.#socketsAtRest} when all was well`,
    );
    const { code, stderr } = await this.operator.end("SIGTERM");
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /^\s+at |This is a bug|panicked/m);
    assert.deepEqual(
      this.proxy.requests.filter(({ kind }) => kind === "create" || kind === "other").map((
        { method, path },
      ) => `${method} ${path}`),
      [],
      "the operator neither creates nor replaces nor deletes",
    );
  }

  /** The last requests and what the operator said, for whoever wants to know what went wrong. */
  story(): string {
    const lines = this.proxy.requests.map(({ at, kind, resource, name, query, code }) => {
      const seconds = ((at - this.#startedAt) / 1000).toFixed(1);
      return `${seconds} s  ${kind} ${resource} ${name} ${query.get("resourceVersion") ?? ""} → ${
        code ?? "nothing"
      }`;
    });
    const said = (this.#operator?.log ?? []).filter(({ level }) => level !== "DEBUG").map((record) =>
      JSON.stringify(record)
    );
    return [...lines.slice(-40), ...said.slice(-20)].join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#operator?.[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }

  /** At most one write for each change, and a heartbeat; a row may allow for more. */
  #judgeWrites(name: string): void {
    const lasted = (performance.now() - this.#startedAt) * (this.#beginning.speed ?? 1);
    const allowed = 1 + this.#changes + Math.ceil(lasted / REQUEUE_MS) + this.#surplus;
    const { length } = this.statusWrites(name);
    assert(length <= allowed, `${length} status writes of ${name}, ${allowed} at most`);
  }

  async #kubeconfig(
    user: Readonly<Record<string, unknown>> = { token: this.cluster.adminToken },
  ): Promise<string> {
    const path = `${this.cluster.dir}/${this.namespace}.kubeconfig`;
    const name = this.namespace;
    await Deno.writeTextFile(this.caFile, this.proxy.identity.caPem);
    await Deno.writeTextFile(
      path,
      JSON.stringify({
        clusters: [{ name, cluster: { server: this.proxy.url, "certificate-authority": this.caFile } }],
        users: [{ name, user }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        "current-context": name,
      }),
    );
    return path;
  }
}

function conditions(status: Record<string, unknown> = {}): readonly { type: string }[] {
  return (status["conditions"] ?? []) as readonly { type: string }[];
}

/** What the operator may never change about a policy. */
function foreignOf({ metadata, spec }: KubeObject): unknown {
  const { uid, labels, annotations } = metadata;
  const finalizers = (metadata["finalizers"] ?? []) as readonly string[];
  return { uid, labels, annotations, finalizers: finalizers.filter((name) => name !== FINALIZER), spec };
}
