/** The world of one row: a namespace with policies and pods, an operator on it, and a proxy between it and the API server. */

import assert from "node:assert/strict";
import type { ControlPlane } from "../cluster/control_plane.ts";
import { eventually } from "../cluster/eventually.ts";
import { createNamespace, type KubeObject } from "../cluster/fixtures.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { upstreamOf } from "./exchange.ts";
import { liesOf } from "./lies.ts";
import type { LoggedRequest } from "./logged_request.ts";
import { FaultProxy } from "./proxy.ts";
import { tell } from "./story.ts";
import { socketsOf, startSubject, type Subject } from "./subject.ts";
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

/** How much is open. */
export interface Open {
  readonly connections: number;
  /** 0 when nobody can tell. */
  readonly sockets: number;
}

/** A row's world. Disposing of it ends the operator and the proxy. */
export class World extends Team implements AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly #beginning: Beginning;
  #operator: Subject | undefined;
  /** When the operator was started; monotonic milliseconds. */
  #startedAt = performance.now();
  /** What the operator held open when it had told the truth for the first time; undefined if nobody looked. */
  openAtRest: Open | undefined;
  /** A pod as the proxy shows it, where that is another than the API server's. */
  seen: (pod: KubeObject) => KubeObject = (pod) => pod;
  /** A policy that the operator is shown otherwise than it is, so that its status cannot be true. */
  ignored: string | undefined;
  #isSeen: (metadata: KubeObject["metadata"]) => boolean = () => true;
  /** Writes beyond those of an undisturbed run, for each policy. */
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
    this.openAtRest = await this.open();
  }

  /** Starts the operator, and no more. @param user who it says it is, as a kubeconfig has it; the admin if left out */
  async launch(user?: Readonly<Record<string, unknown>>): Promise<void> {
    const { speed, args = [] } = this.#beginning;
    const kubeconfig = await this.#kubeconfig(user);
    this.#startedAt = performance.now();
    this.#operator = await startSubject({ kubeconfig, namespace: this.namespace, speed, args });
  }

  /** The file with the authority that the operator is to trust. */
  get caFile(): string {
    return `${this.cluster.dir}/${this.namespace}.ca`;
  }

  /** Allows so many more writes of each policy than an undisturbed run has. */
  allowWrites(surplus: number): void {
    this.surplus += surplus;
  }

  /** How the policies differ from what they should be; empty when they do not. */
  async lies(): Promise<readonly string[]> {
    const [policies, pods] = [await this.policies(), await this.pods()];
    const seen = pods.filter(({ metadata }) => this.#isSeen(metadata)).map(this.seen);
    return liesOf(
      policies.filter(({ metadata }) => metadata.name !== this.ignored),
      seen,
      this.operator.now(),
    );
  }

  /** How long the operator has run, by its own clock; milliseconds. */
  get lasted(): number {
    return this.age({ at: this.#startedAt });
  }

  /** Those of `requests` that came within so many milliseconds of the operator's time after the first one. */
  during(ms: number, requests: readonly LoggedRequest[]): readonly LoggedRequest[] {
    const end = (requests[0]?.at ?? 0) + ms / (this.#beginning.speed ?? 1);
    return requests.filter(({ at }) => at < end);
  }

  /** How long ago a request came, by the operator's clock; milliseconds. */
  age({ at }: Pick<LoggedRequest, "at">): number {
    return (performance.now() - at) * (this.#beginning.speed ?? 1);
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

  /** What the operator holds open: connections to the API server, and sockets of all kinds. */
  async open(): Promise<Open> {
    return { connections: this.proxy.open, sockets: await socketsOf(this.operator) };
  }

  /** For whoever wants to know what went wrong. */
  story(): string {
    return tell(this.proxy.requests, this.#operator?.log ?? [], this.#startedAt);
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
