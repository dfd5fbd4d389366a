/** A small world to try an operator in: three policies and three pods in two namespaces, and those who change them. */

import assert from "node:assert/strict";
import { POLICY_RESOURCE } from "../../lib/api/devops_policy.ts";
import { Line } from "../../lib/api/line.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { isHopeless } from "../../lib/kube/hopeless.ts";
import { runOperator } from "../../lib/operator/run.ts";
import { SYSTEM_NAMESPACES } from "../../lib/policy/namespaces.ts";
import { createSandbox } from "../../lib/sandbox/mod.ts";
import type { KubeObject } from "../contract/object.ts";
import { contractServer } from "../contract/server.ts";
import { LAX } from "../support/definitions.ts";
import { refusing } from "../support/faults.ts";
import { Front } from "../support/front.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { patiently } from "../support/patience.ts";
import { pod } from "../support/pod_builder.ts";
import { type LogRecord, recordingLogger } from "../support/recording_logger.ts";
import { SandboxCluster } from "../support/sandbox_cluster.ts";
import { Traffic } from "../support/traffic.ts";
import { Users } from "./users.ts";
import { Wire } from "./wire.ts";

/** Where things are. Names are the same in both namespaces: whoever mixes them up is found out. */
export const POLICIES = [
  { namespace: "one", name: "policy" },
  { namespace: "one", name: "second" },
  { namespace: "two", name: "policy" },
] as const;
export const PODS = [
  { namespace: "one", name: "web" },
  { namespace: "one", name: "db" },
  { namespace: "two", name: "web" },
] as const;

/** What can be chosen about a world. */
export interface WorldOptions {
  /** Whether the server tells all that there is within a watch, or wants to be asked for lists. */
  readonly hasWatchLists: boolean;
  /** Whether policies are evaluated again all the time, which makes good whatever was missed; or hardly ever. */
  readonly hasHeartbeat: boolean;
}

/** How often a policy is evaluated again: as the operator does by default, and beyond the end of every schedule; milliseconds. */
const [REQUEUE_MS, NEVER_MS] = [30_000, 3_600_000];
/** A pod for which nobody has a policy, and how often something happens to it; milliseconds. */
const BYSTANDER = pod("bystander").inNamespace("three").container("app");
const BYSTANDING_MS = 22_000;
const TOKEN = "test-token";
const URL_OF_NOWHERE = "http://sandbox.test";

/** A sandbox, an operator on it, and time standing still. */
export class World implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly cluster: SandboxCluster;
  readonly users: Users;
  readonly wire: Wire;
  /** Forgets what has happened: watches cannot be resumed. */
  readonly compact: () => void;
  readonly log: readonly LogRecord[];
  /** How often a policy is evaluated again, whatever happens; milliseconds. */
  readonly requeueMs: number;
  readonly #front: Front;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  constructor({ hasWatchLists, hasHeartbeat }: WorldOptions) {
    const { clock } = this;
    this.requeueMs = hasHeartbeat ? REQUEUE_MS : NEVER_MS;
    const sandbox = createSandbox({ clock, token: TOKEN });
    this.compact = sandbox.compact;
    this.#front = new Front(sandbox.handler, clock);
    const admin = contractServer({
      name: "sandbox",
      url: URL_OF_NOWHERE,
      token: TOKEN,
      send: sandbox.handler,
      compact: undefined,
      dispose: () => Promise.resolve(sandbox[Symbol.dispose]()),
    });
    this.cluster = new SandboxCluster({
      url: URL_OF_NOWHERE,
      front: this.#front,
      traffic: new Traffic(),
      admin,
    });
    this.users = new Users(admin);
    if (!hasWatchLists) {
      const refusal = { code: 422, reason: "Invalid", message: "sendInitialEvents is forbidden" };
      this.cluster.fault = refusing(refusal, ({ query }) => query.has("sendInitialEvents"));
    }
    this.wire = new Wire((request) => this.#front.handle(request));
    const { log, records } = recordingLogger();
    this.log = records;
    const { credentials } = this.cluster;
    this.#ended = runOperator({
      cluster: httpCluster(this.wire.transport(credentials), clock, { line: new Line() }),
      clock,
      log,
      version: "0.0.0-test",
      namespaces: [],
      systemNamespaces: SYSTEM_NAMESPACES,
      requeueMs: this.requeueMs,
      listenOn: { hostname: "127.0.0.1", port: 0 },
      memory: () => ({ rss: 1, heapUsed: 1 }),
      explain: (error, what) => `Cannot ${what}: ${(error as Error).message}.`,
      isHopeless: (error) => isHopeless(error, credentials),
      onStatus() {},
    }, this.#stopping.signal);
    this.#ended.catch(() => {});
  }

  /** A world in which any spec is let in, as older definitions of policies do. */
  static async create(options: WorldOptions): Promise<World> {
    const world = new World(options);
    await world.cluster.install(LAX);
    await world.cluster.createPod(BYSTANDER);
    return world;
  }

  /**
   * Lets `ms` milliseconds pass in which nothing happens to what is judged. Somewhere else something does, as in any
   * cluster: a watch that was silent would be opened again, and might tell what it had told wrongly.
   */
  async pass(ms: number): Promise<void> {
    const { namespace, name } = BYSTANDER.facts();
    for (let passed = 0; passed < ms; passed += BYSTANDING_MS) {
      await this.cluster.send("PATCH", `/api/v1/namespaces/${namespace}/pods/${name}`, {
        metadata: { annotations: { passed: String(this.clock.now()) } },
      });
      await this.clock.advance(Math.min(BYSTANDING_MS, ms - passed));
    }
  }

  policies(): Promise<readonly KubeObject[]> {
    return this.#all(`/apis/${POLICY_RESOURCE.group}/v1/${POLICY_RESOURCE.plural}`);
  }

  pods(): Promise<readonly KubeObject[]> {
    return this.#all("/api/v1/pods");
  }

  /** What a scrape reads. */
  async metrics(): Promise<string> {
    const { address } = this.log.find(({ message }) => message.startsWith("serving"))?.properties ?? {};
    let text: string | undefined;
    const scrape = fetch(`http://${address}/metrics`, { headers: { connection: "close" } })
      .then((response) => response.text())
      .then((said) => text = said);
    // Between its pieces a rendering may let others have their turn, for which it asks the clock.
    while (text === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await this.clock.advance(0);
    }
    return await scrape;
  }

  /** Ends the operator as SIGTERM does, and asserts that it leaves nothing behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.wire.heal();
    this.#stopping.abort();
    // A write that waits for its next try is given up after a while.
    await this.clock.advance(10_000);
    await patiently(this.#ended, () => "the operator ends when it is told to");
    await this.cluster[Symbol.asyncDispose]();
    assert.equal(this.clock.pending, 0, "a timer is left behind");
  }

  async #all(path: string): Promise<readonly KubeObject[]> {
    const { items } = await this.cluster.send("GET", path) as unknown as { items: KubeObject[] };
    return items;
  }
}
