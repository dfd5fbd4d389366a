// Events on a real API server, as people read them: one for each change of class, and none again for what stays.

import assert from "node:assert/strict";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";
import { eventually } from "./eventually.ts";
import { createNamespace, createPod, setPodStatus } from "./fixtures.ts";
import { startOperator } from "./operator_process.ts";
import { createPolicy, installCrd, readPolicy, statusIs } from "./policies.ts";

const TO_STABLE =
  "Warning ClassificationChanged From Healthy to Stable: score 70, 1 violations across 1 pods.";
const TO_HEALTHY =
  "Normal ClassificationChanged From Stable to Healthy: score 100, 0 violations across 1 pods.";
/** Heartbeats as often as they can be. */
const EVERY_SECOND = ["--requeue-interval", "1s"];

/** The events below `kubectl describe`: type, reason and message, and how often where that is told. */
async function described(cluster: ControlPlane, name: string): Promise<string[]> {
  const { code, stdout, stderr } = await cluster.kubectl(["describe", "devopspolicy", name, "-n", "shop"]);
  assert.equal(code, 0, stderr);
  const [, events = ""] = stdout.split(/^Events:/m);
  return [
    ...events.matchAll(
      /^ {2}(Normal|Warning) +(\w+) +(?:\S+(?: \((x\d+) over \S+\))?) +kube-devops-operator +(.*)$/gm,
    ),
  ]
    .map(([, type, reason, times, message]) => [type, reason, times, message].filter(Boolean).join(" "));
}

async function restart(cluster: ControlPlane, restartCount: number): Promise<void> {
  await setPodStatus(cluster, "shop", "web", {
    containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount }],
  });
}

/** Resolves when the policy has been evaluated again at least twice. */
async function heartbeats(cluster: ControlPlane, name: string): Promise<void> {
  const seen = new Set<unknown>();
  await eventually(async () => {
    const status = (await readPolicy(cluster, "shop", name))?.status;
    return seen.add(status?.lastEvaluated).size > 2;
  }, { what: `two heartbeats of ${name}` });
}

Deno.test("kubectl describe shows an event for each change of class, counted when it happens again, also after a restart", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  await createNamespace(cluster, "shop");
  await createPod(cluster, "shop", "web");
  await createPolicy(cluster, "shop", "restarts", { maxRestartCount: 3 });
  const isOf = (score: number) =>
    statusIs(cluster, "shop", "restarts", ({ healthScore }) => healthScore === score, 20_000);
  const shows = (...expected: readonly string[]) =>
    eventually(async () => {
      assert.deepEqual((await described(cluster, "restarts")).sort(), expected.toSorted());
      return true;
    }, { what: `kubectl describes ${expected.length} events` });

  {
    await using operator = startOperator(cluster, EVERY_SECOND);
    await isOf(100);
    await restart(cluster, 9);
    await isOf(70);
    await shows(TO_STABLE);
    await heartbeats(cluster, "restarts");
    assert.deepEqual(await described(cluster, "restarts"), [TO_STABLE]);
    assert.equal((await operator.end("SIGKILL")).code, 137);
  }
  {
    await using operator = startOperator(cluster, EVERY_SECOND);
    await operator.ready();
    await heartbeats(cluster, "restarts");
    assert.deepEqual(
      await described(cluster, "restarts"),
      [TO_STABLE],
      "the class before is the one in the status",
    );
    await restart(cluster, 0);
    await isOf(100);
    await shows(TO_STABLE, TO_HEALTHY);
    for (const [restarts, score] of [[9, 70], [0, 100]] as const) {
      await restart(cluster, restarts);
      await isOf(score);
    }
    // The second operator's own: the first one's is not its to count.
    await shows(TO_STABLE, TO_STABLE, TO_HEALTHY.replace("Changed", "Changed x2"));
    assert.deepEqual(operator.log.filter(({ level }) => level === "WARN"), []);
    assert.equal((await operator.end("SIGTERM")).code, 0);
  }
});

Deno.test("a namespace that goes takes its policies' events along, and nothing warns of that", async () => {
  await using cluster = await startControlPlane();
  await installCrd(cluster);
  await createNamespace(cluster, "shop");
  await createPod(cluster, "shop", "web");
  await createPolicy(cluster, "shop", "restarts", { maxRestartCount: 3 });
  await using operator = startOperator(cluster);
  await statusIs(cluster, "shop", "restarts", ({ healthScore }) => healthScore === 100);
  await cluster.kubectl(["delete", "namespace", "shop", "--wait=false"]);
  await restart(cluster, 9);
  await statusIs(cluster, "shop", "restarts", ({ healthScore }) => healthScore === 70);
  await eventually(async () => {
    const { body } = await operator.get("/metrics");
    return body.includes('devopspolicy_events_total{outcome="failed"} 1');
  }, { what: "the event is refused" });
  assert.deepEqual(operator.log.filter(({ level }) => level === "WARN"), []);
});
