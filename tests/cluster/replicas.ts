// Two replicas of the operator as processes on a real API server, each known there by a name of its own, and busy.

import assert from "node:assert/strict";
import type { AuditedRequest, AuditLog } from "./audit.ts";
import type { ControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, setPodStatus } from "./fixtures.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type OperatorProcess, startOperator } from "./operator_process.ts";
import { createPolicy } from "./policies.ts";

/** How often something changes that the leader has to write of; milliseconds. */
const CHURN_MS = 100;

/** One replica. */
export interface Replica extends OperatorProcess {
  /** As whom the API server knows it. */
  readonly user: string;
}

/** Two replicas that stand for election on a lease of their own, in whose namespace something always changes. */
export interface Replicas extends AsyncDisposable {
  /** The one that leads at first, and the one that stands by. */
  readonly first: Replica;
  readonly second: Replica;
  /** What each has asked of the API server up to now. */
  requests(replica: Replica): Promise<readonly AuditedRequest[]>;
  /** When a replica took the lease first, at which bounds are measured. @throws if it has not long after any of them */
  ledAt(replica: Replica): Promise<number>;
  /** Waits until the replica has written a status after that time. */
  writes(replica: Replica, after: number): Promise<void>;
  /** Asserts that the first replica's last accepted write came before the second took the lease. */
  assertOneWriter(): Promise<void>;
}

/** As whom the API server knows the two replicas of a scenario. */
export function usersOf(scenario: string): readonly [string, string] {
  return [`${scenario}-first`, `${scenario}-second`];
}

/** Starts them one after the other; the first one reaches the server at `url`, the second one directly. */
export async function startReplicas(
  cluster: ControlPlane,
  audit: AuditLog,
  scenario: string,
  url = cluster.url,
): Promise<Replicas> {
  await createNamespace(cluster, scenario);
  await createPod(cluster, scenario, "web");
  await createPolicy(cluster, scenario, "policy", { maxRestartCount: 0 });
  const [firstUser, secondUser] = usersOf(scenario);
  const start = async (user: string, url: string): Promise<Replica> => {
    const { certPem, keyPem } = cluster.clientCertificate(user, ["system:masters"]);
    const kubeconfig = await writeKubeconfig({ ...cluster, url }, user, {
      "client-certificate-data": btoa(certPem),
      "client-key-data": btoa(keyPem),
    });
    const operator = startOperator({ kubeconfig }, ["--lease-namespace", scenario, "-n", scenario]);
    await operator.ready();
    return { ...operator, user };
  };
  await using started = new AsyncDisposableStack();
  const churning = churn(cluster, scenario);
  started.use(churning);
  const first = started.use(await start(firstUser, url));
  const second = started.use(await start(secondUser, cluster.url));

  const requests = async ({ user }: Replica) =>
    (await audit.requests()).filter((request) => request.user === user);
  const acceptedBy = async (replica: Replica, resource: string) =>
    (await requests(replica)).filter((request) =>
      request.resource.startsWith(resource) && request.verb !== "get" && request.code < 300
    );
  const took = async (replica: Replica) => (await acceptedBy(replica, "leases"))[0]?.at;
  const running = started.move();
  return {
    first,
    second,
    requests,
    async ledAt(replica) {
      const what = `${replica.user} leads`;
      await eventually(async () => await took(replica) !== undefined, { within: 60_000, what });
      return (await took(replica))!;
    },
    async writes(replica, after) {
      const wrote = async () =>
        (await acceptedBy(replica, "devopspolicies/status")).some(({ at }) => at > after);
      await eventually(wrote, { what: `${replica.user} writes` });
    },
    async assertOneWriter() {
      const since = await took(second);
      assert.ok(since !== undefined, "the second one has led");
      const late = (await acceptedBy(first, "devopspolicies")).filter(({ at }) => at >= since);
      assert.deepEqual(late, []);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Has the pod's container crash again and again. */
function churn(cluster: ControlPlane, namespace: string): AsyncDisposable {
  let isOver = false;
  const churning = (async () => {
    for (let restartCount = 1; !isOver; restartCount++) {
      const container = { name: "app", image: "app", imageID: "", ready: true, restartCount };
      await setPodStatus(cluster, namespace, "web", { containerStatuses: [container] });
      await new Promise((resolve) => setTimeout(resolve, CHURN_MS));
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      await churning;
    },
  };
}
