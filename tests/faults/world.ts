/** The world of one row: a namespace with policies and pods, an operator on it, and a proxy between it and the API server. */

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import type { ControlPlane } from "../cluster/control_plane.ts";
import { eventually } from "../cluster/eventually.ts";
import { createNamespace, type KubeObject } from "../cluster/fixtures.ts";
import { startOperator } from "../cluster/operator_process.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { upstreamOf } from "./exchange.ts";
import { startHurried, type Subject } from "./hurried_operator.ts";
import { toldBy, truthOf } from "./oracle.ts";
import { FaultProxy, type LoggedRequest } from "./proxy.ts";
import { Team } from "./team.ts";

/** How a row's world begins. */
export interface Beginning {
  /** How many times faster than real ones the clocks of the operator run, which then is in this process. */
  readonly speed?: number;
  /** Further arguments of the operator. */
  readonly args?: readonly string[];
  /** Whether the row starts the operator itself. */
  readonly isLate?: boolean;
}

/** A row's world. Disposing of it ends the operator and the proxy. */
export class World extends Team implements AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly #beginning: Beginning;
  #operator: Subject | undefined;
  /** When the operator was started; monotonic milliseconds. */
  #startedAt = performance.now();
  /** How many sockets the operator had when it had told the truth for the first time; 0 if that is not known. */
  socketsAtRest = 0;
  /** A pod as the proxy shows it, where that is another than the API server's. */
  seen: (pod: KubeObject) => KubeObject = (pod) => pod;
  /** A policy that the operator is shown otherwise than it is, so that its status cannot be true. */
  ignored: string | undefined;
  #isSeen: (metadata: KubeObject["metadata"]) => boolean = () => true;
  /** Status writes beyond those of an undisturbed run, for each policy. */
  surplus = 0;
  private constructor(cluster: ControlPlane, namespace: string, proxy: FaultProxy, beginning: Beginning) {
    super(cluster, namespace);
    this.proxy = proxy;
    this.#beginning = beginning;
  }

  /** Makes the world; unless the row starts late, with an operator that has told the truth for the first time. */
  static async begin(cluster: ControlPlane, namespace: string, beginning: Beginning = {}): Promise<World> {
    await createNamespace(cluster, namespace);
    const proxy = await FaultProxy.start({ upstream: upstreamOf(cluster) });
    const world = new World(cluster, namespace, proxy, beginning);
    try {
      await world.populate();
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
    this.socketsAtRest = await this.sockets();
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

  /** Allows so many more status writes of each policy than an undisturbed run has. */
  allowWrites(surplus: number): void {
    this.surplus += surplus;
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

  /** How long the operator has run, by its own clock; milliseconds. */
  get lasted(): number {
    return (performance.now() - this.#startedAt) * (this.#beginning.speed ?? 1);
  }

  /** Those of `requests` that came within so many milliseconds of the operator's time after the first one. */
  during(ms: number, requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
    const end = (requests[0]?.at ?? 0) + ms / (this.#beginning.speed ?? 1);
    return requests.filter(({ at }) => at < end);
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

  /** Waits until every status is true; the message says what is not. @param ms of the operator's time, but at least what the machine may need */
  async isTrue(ms = 0): Promise<void> {
    const within = Math.max(PATIENCE_MS, ms / (this.#beginning.speed ?? 1));
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
