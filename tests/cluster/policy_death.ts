// Lives a policy's whole life with an operator that is killed at one of its writes, and started again.

import assert from "node:assert/strict";
import { FINALIZER } from "../../lib/api/devops_policy.ts";
import { type Exchange, upstreamOf } from "../faults/exchange.ts";
import { FaultProxy } from "../faults/proxy.ts";
import { valueOf } from "../support/scrape.ts";
import type { ControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, setPodStatus } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type OperatorProcess, startOperator } from "./operator_process.ts";
import { changePolicy, createPolicy, type Policy, readPolicy, statusIs } from "./policies.ts";

/** When an operator dies: how far its write has come by then. */
export const MOMENTS = ["sent", "done", "acknowledged"] as const;

/** The death of an operator: at which of its writes, counted from 1, and when. */
export interface Death {
  readonly write: number;
  readonly moment: (typeof MOMENTS)[number];
}

/** A write as the API server took it: `patch` for the finalizer, `patchStatus` for the status, `create` for an event. */
export type Write = string;

/** Whether the events of the two changes of class are told: one whose teller dies is not told by another. */
export type Told = readonly [toStable: boolean, toHealthy: boolean];

/** Somebody else's, in front of ours. */
const FOREIGN = "example.com/keep";
const NAME = "policy";
/** What an operator takes to start, and to read all. */
const START_MS = 30_000;

/**
 * Creates a policy, changes it and its pods, and its class with them, and deletes it; asserts after each step that what
 * must be true has become so. Gives the writes that the API server took, in order.
 */
export async function livePolicy(
  cluster: ControlPlane,
  namespace: string,
  death?: Death,
  [toStable, toHealthy]: Told = [true, true],
): Promise<readonly Write[]> {
  await createNamespace(cluster, namespace);
  await createPod(cluster, namespace, "web");
  await setPodStatus(cluster, namespace, "web", {
    phase: "Running",
    containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount: 9 }],
  });
  await using mortal = await MortalOperator.start(cluster, namespace, death);
  const read = () => readPolicy(cluster, namespace, NAME);
  const holds = (finalizers: readonly string[]) =>
    eventually(async () => {
      assert.deepEqual((await read())?.metadata.finalizers, finalizers);
      return true;
    }, { within: START_MS, what: `the finalizers are ${finalizers}` });
  const is = async (classification: string, violations: number, events: readonly string[]) => {
    await statusIs(cluster, namespace, NAME, (status) => status.violations === violations, START_MS);
    const policy = await read();
    assertSound(policy, uid);
    assert.equal(policy?.status?.classification, classification);
    await holds([FOREIGN, FINALIZER]);
    const told = async () => assert.deepEqual(await eventsIn(cluster, namespace), events);
    await eventually(async () => (await told(), true), { what: "the events are told" });
    await mortal.settled(1);
    await told();
  };

  const spec = { requireLivenessProbe: true };
  const { metadata: { uid } } = await createPolicy(cluster, namespace, NAME, spec, { finalizers: [FOREIGN] });
  await is("Healthy", 1, []);
  const stable = toStable ? ["From Healthy to Stable"] : [];
  await changePolicy(cluster, namespace, NAME, { spec: { maxRestartCount: 0 } });
  await is("Stable", 2, stable);
  const healthy = toHealthy ? ["From Stable to Healthy"] : [];
  await createPod(cluster, namespace, "second");
  await is("Healthy", 3, [...stable, ...healthy]);
  await cluster.kubectl(["delete", "dop", NAME, "-n", namespace, "--wait=false"]);
  await holds([FOREIGN]);
  await mortal.settled(1);
  assert.equal((await read())?.metadata.uid, uid);

  await changePolicy(cluster, namespace, NAME, { metadata: { finalizers: null } });
  await createPod(cluster, namespace, "third");
  await mortal.settled(0);
  assert.equal(await read(), undefined, "who deletes a policy does not find it again");
  assert.equal(mortal.hasDied, death !== undefined);
  return mortal.writes;
}

/** What the events of a namespace say up to their figures, in the order of their making; each of them once. */
async function eventsIn(cluster: ControlPlane, namespace: string): Promise<readonly string[]> {
  const response = await cluster.request("GET", `/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
  const { items } = await response.json() as {
    items: { eventTime: string; note: string; series?: unknown }[];
  };
  assert.deepEqual(items.filter(({ series }) => series !== undefined), [], "an event that is told again");
  return items.toSorted((a, b) => a.eventTime < b.eventTime ? -1 : 1).map(({ note }) => note.split(":")[0]!);
}

/** Asserts that a policy is the one it was, and has one status. */
function assertSound(policy: Policy | undefined, uid: string | undefined): void {
  assert.equal(policy?.metadata.uid, uid, "it is not created again");
  assert.equal(policy?.status?.observedGeneration, policy?.metadata.generation);
  assert.deepEqual(policy?.status?.conditions?.map(({ type }) => type), ["Ready", "Compliant"]);
}

/** An operator whose writes are counted where they pass, which dies at one of them, and is started again. */
class MortalOperator implements AsyncDisposable {
  /** What the API server took, of the dead and of the living. */
  readonly writes: Write[] = [];
  hasDied = false;
  readonly #proxy: FaultProxy;
  readonly #start: () => OperatorProcess;
  readonly #death: Death | undefined;
  #operator: OperatorProcess;
  #sent = 0;
  #isDying = false;

  private constructor(proxy: FaultProxy, start: () => OperatorProcess, death: Death | undefined) {
    this.#proxy = proxy;
    this.#start = start;
    this.#death = death;
    proxy.inject(
      { where: ({ kind }) => kind !== "list" && kind !== "watch" && kind !== "get" },
      (exchange) => this.#write(exchange),
    );
    this.#operator = start();
  }

  static async start(
    cluster: ControlPlane,
    namespace: string,
    death: Death | undefined,
  ): Promise<MortalOperator> {
    const proxy = await FaultProxy.start({ upstream: upstreamOf(cluster) });
    const { url, identity: { caPem } } = proxy;
    const user = { token: cluster.adminToken };
    const kubeconfig = await writeKubeconfig({ ...cluster, url, caPem }, namespace, user);
    // No heartbeat: what is written is written for a reason.
    const args = ["-n", namespace, "--requeue-interval", "10m"];
    return new MortalOperator(proxy, () => startOperator({ kubeconfig }, args), death);
  }

  /** Resolves when the living one has read all that there is, reconciled it at least so often, and has nothing left to do. */
  async settled(atLeast: number): Promise<void> {
    await eventually(() => !this.#isDying, { within: START_MS, what: "another has taken its place" });
    await this.#operator.ready();
    const isIdle = async () => {
      const { body } = await this.#operator.get("/metrics");
      return valueOf(body, "devopspolicy_queue_depth") === 0 &&
        valueOf(body, "devopspolicy_reconcile_total") >= atLeast;
    };
    await eventually(isIdle, { within: START_MS, what: "nothing is left to do" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#operator.end("SIGKILL");
    await this.#proxy[Symbol.asyncDispose]();
  }

  async #write(exchange: Exchange): Promise<void> {
    // What a dying one sends does not arrive any more.
    if (this.#isDying) return await exchange.freeze();
    const moment = ++this.#sent === this.#death?.write ? this.#death.moment : undefined;
    this.#isDying = moment !== undefined;
    if (moment !== "sent") {
      const answer = await exchange.forward();
      if (answer.ok) this.writes.push(exchange.request.kind);
      if (moment === "done") await answer.body?.cancel();
      else await exchange.relay(answer);
      // One more answer: by then it has taken the one before.
      if (moment === "acknowledged") await this.#operator.get("/healthz");
    }
    if (moment === undefined) return;
    await this.#operator.end("SIGKILL");
    this.hasDied = true;
    this.#operator = this.#start();
    this.#isDying = false;
  }
}
