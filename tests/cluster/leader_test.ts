// Leader election with real processes on a real API server: one writer at any time, whatever becomes of the other.

import assert from "node:assert/strict";
import { Folder } from "../support/folder.ts";
import { canBeInPod, fromSource, inPod } from "../support/launch.ts";
import { patiently } from "../support/patience.ts";
import { type AuditedRequest, type AuditLog, createAuditLog } from "./audit.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createServiceAccountToken } from "./fixtures.ts";
import { FreezingForwarder } from "./freezing_forwarder.ts";
import { startOperator } from "./operator_process.ts";
import { installCrd } from "./policies.ts";
import { type Replica, type Replicas, startReplicas, usersOf } from "./replicas.ts";

/** What a standby may need; bytes. */
const STANDBY_BYTES = 70_000_000;
/** Until a standby leads: after a farewell, and after none; and for how long a lease holds; milliseconds. */
const [AFTER_RELEASE_MS, AFTER_DEATH_MS, LEASE_MS] = [3_000, 20_000, 15_000];

const POD_USER = "system:serviceaccount:default:standby";

/** How a replica ends that leads no more. */
const LOST =
  /\nerror: This replica leads no more: the lease .*\. Start it again to stand by\. \(lease .*\)\n$/;

interface Scenario {
  readonly what: string;
  /** Whether the first replica reaches the server by a way that freezes. */
  readonly freezes?: true;
  readonly run: (replicas: Replicas, forwarder: FreezingForwarder) => Promise<void>;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  farewell: {
    what: "on SIGTERM the leader ends with 0, and the standby leads within 3 s",
    async run(replicas) {
      const { first, second } = replicas;
      await standsBy(replicas);
      const toldAt = Date.now();
      const { code, stderr } = await first.end("SIGTERM");
      assert.equal(code, 0, stderr);
      const ledAt = await replicas.ledAt(second);
      assert.ok(ledAt - toldAt <= AFTER_RELEASE_MS, `${ledAt - toldAt} ms`);
      await replicas.writes(second, ledAt);
      await replicas.assertOneWriter();
      assert.match((await second.get("/metrics")).body, /^devopspolicy_leader 1$/m);
    },
  },
  death: {
    what: "when the leader is killed, the standby leads within 20 s",
    async run(replicas) {
      const { first, second } = replicas;
      const diedAt = Date.now();
      await first.end("SIGKILL");
      const ledAt = await replicas.ledAt(second);
      assert.ok(ledAt - diedAt <= AFTER_DEATH_MS, `${ledAt - diedAt} ms`);
      await replicas.writes(second, ledAt);
      await replicas.assertOneWriter();
    },
  },
  stopped: {
    what: "a leader that is stopped for 30 s writes nothing any more, and ends with 3",
    async run(replicas) {
      const { first, second } = replicas;
      const stoppedAt = Date.now();
      Deno.kill(first.pid, "SIGSTOP");
      const ledAt = await replicas.ledAt(second);
      await replicas.writes(second, ledAt);
      await new Promise((resolve) => setTimeout(resolve, stoppedAt + 30_000 - Date.now()));
      await assertLost(first);
      await replicas.writes(second, Date.now());
      await replicas.assertOneWriter();
    },
  },
  frozen: {
    what: "a leader whose network freezes ends before another leads, and what it had sent is refused",
    freezes: true,
    async run(replicas, forwarder) {
      const { first, second } = replicas;
      forwarder.freeze("all");
      await assertLost(first);
      const endedAt = Date.now();
      const ledAt = await replicas.ledAt(second);
      assert.ok(endedAt < ledAt, `it ended ${endedAt - ledAt} ms too late`);
      await replicas.writes(second, ledAt);
      forwarder.thaw();
      await replicas.writes(second, Date.now());
      await replicas.assertOneWriter();
    },
  },
  reconnected: {
    what: "a leader whose connections freeze goes on over new ones",
    freezes: true,
    async run(replicas, forwarder) {
      const { first, second } = replicas;
      forwarder.freeze("open");
      const frozenAt = Date.now();
      const renewals = async () =>
        (await replicas.requests(first)).filter(({ resource, at }) =>
          resource === "leases" && at > frozenAt + LEASE_MS
        );
      const renews = async () => (await renewals()).length >= 3;
      await eventually(renews, { within: 60_000, what: "it renews the lease that another could have taken" });
      await standsBy(replicas);
      assert.equal((await second.end("SIGTERM")).code, 0);
      assert.equal((await first.end("SIGTERM")).code, 0);
    },
  },
};

Deno.test({
  name: "of two replicas on a real API server",
  // The scenarios run beside each other: most of the time each of them waits.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using audit = await createAuditLog(POD_USER, ...Object.keys(SCENARIOS).flatMap(usersOf));
    await using cluster = await startControlPlane({ apiServerArgs: audit.apiServerArgs });
    await installCrd(cluster);
    {
      // What has never run before is translated first, which takes memory.
      await using operator = startOperator(cluster, [
        "--lease-namespace",
        "default",
        "--lease-name",
        "first",
      ]);
      await operator.ready();
    }
    const isolated = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
    await Promise.all([
      t.step({
        name: "a standby in a pod is ready, watches nothing and needs less than 70 MB",
        ...isolated,
        ignore: !await canBeInPod(),
        fn: () => standsByInPod(cluster, audit),
      }),
      ...Object.entries(SCENARIOS).map(([name, { what, freezes, run }]) =>
        t.step({
          name: what,
          ...isolated,
          async fn() {
            await using forwarder = await FreezingForwarder.start(cluster.url);
            const url = freezes ? forwarder.url : cluster.url;
            await using replicas = await startReplicas(cluster, audit, name, url);
            await run(replicas, forwarder);
          },
        })
      ),
    ]);
  },
});

/** The second replica is ready, and has asked for nothing but the lease. */
async function standsBy({ second, requests }: Replicas): Promise<void> {
  assert.deepEqual(await second.get("/readyz"), { status: 200, body: "ok\n" });
  assert.match((await second.get("/metrics")).body, /^devopspolicy_leader 0$/m);
  assert.deepEqual(askedBy(await requests(second)), ["get leases"]);
}

/** A replica in a pod, on a lease that another one keeps. */
async function standsByInPod(cluster: ControlPlane, audit: AuditLog): Promise<void> {
  const lease = {
    metadata: { name: "kube-devops" },
    spec: { holderIdentity: "another", leaseDurationSeconds: 3_600 },
  };
  const binding = ["standby", "--clusterrole=cluster-admin", "--serviceaccount=default:standby"];
  const { code, stderr } = await cluster.kubectl(["create", "clusterrolebinding", ...binding]);
  assert.equal(code, 0, stderr);
  const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
  await (await cluster.request("POST", leases, lease)).body?.cancel();
  using account = new Folder();
  const token = await createServiceAccountToken(cluster, "default", "standby");
  for (const [name, text] of Object.entries({ token, "ca.crt": cluster.caPem, namespace: "default\n" })) {
    await Deno.writeTextFile(`${account.path}/${name}`, text);
  }
  const { hostname, port } = new URL(cluster.url);
  const env = { KUBECONFIG: "", KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  const launch = inPod(fromSource(), account.path);
  await using operator = startOperator({ kubeconfig: "" }, ["--leader-elect"], { launch, env });
  await operator.ready();
  await new Promise((resolve) => setTimeout(resolve, 20_000));
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await Deno.readTextFile(`/proc/${operator.pid}/status`))!;
  const bytes = Number(kilobytes) * 1024;
  assert.ok(bytes < STANDBY_BYTES, `${bytes / 1e6} MB`);
  assert.deepEqual(askedBy((await audit.requests()).filter(({ user }) => user === POD_USER)), ["get leases"]);
  assert.equal((await operator.end("SIGTERM")).code, 0);
}

function askedBy(requests: readonly AuditedRequest[]): readonly string[] {
  return [...new Set(requests.map(({ verb, resource }) => `${verb} ${resource}`))];
}

/** The replica ends by itself, as one that leads no more. */
async function assertLost(replica: Replica): Promise<void> {
  const { code, stderr } = await patiently(replica.end("SIGCONT"), () => `${replica.user} ends`);
  assert.equal(code, 3, stderr);
  assert.match(stderr, LOST);
}
