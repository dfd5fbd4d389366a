// Pods of a test cluster that differ in all that is read of a pod.

import assert from "node:assert/strict";
import type { ControlPlane } from "./control_plane.ts";
import { createNamespace, createPod, deletePod, setPodStatus } from "./fixtures.ts";

const probe = { httpGet: { path: "/", port: 80 } };

/** Creates five pods, of every kind that a real server lets exist without a kubelet. */
export async function createVariedPods(cluster: ControlPlane): Promise<void> {
  await createNamespace(cluster, "shop");
  await createNamespace(cluster, "bank");
  await createPod(cluster, "shop", "plain");
  await createPod(cluster, "shop", "full", {
    metadata: {
      labels: { app: "ä – 漢 🎉".normalize() && "full" },
      annotations: { note: "ä – 漢 🎉\n\u001b[2J" },
    },
    spec: {
      restartPolicy: "Always",
      initContainers: [
        { name: "migrate", image: "migrate" },
        {
          name: "proxy",
          image: "proxy@sha256:" + "ab".repeat(32),
          restartPolicy: "Always",
          livenessProbe: probe,
        },
      ],
      containers: [
        {
          name: "app",
          image: "host:5000/app",
          livenessProbe: probe,
          env: [{ name: "X", value: "y".repeat(5_000) }],
        },
        { name: "second", image: "ä\u001b[2J\nx", readinessProbe: probe },
      ],
    },
  });
  await setPodStatus(cluster, "shop", "full", {
    phase: "Running",
    startTime: "2026-02-22T10:00:00Z",
    initContainerStatuses: [toStatus("migrate", 7), toStatus("proxy", 0)],
    containerStatuses: [toStatus("second", 2_147_483_647), toStatus("app", 3)],
  });
  await createPod(cluster, "bank", "job", {
    spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] },
  });
  await setPodStatus(cluster, "bank", "job", { phase: "Succeeded" });
  await createPod(cluster, "bank", "held", { metadata: { finalizers: ["example.com/hold"] } });
  await deletePod(cluster, "bank", "held");
  await createPod(cluster, "bank", "debugged");
  const debugged = await cluster.request(
    "PATCH",
    "/api/v1/namespaces/bank/pods/debugged/ephemeralcontainers",
    { spec: { ephemeralContainers: [{ name: "debug", image: "busybox" }] } },
    { "content-type": "application/strategic-merge-patch+json" },
  );
  assert.equal(debugged.status, 200, await debugged.text());
}

/** The status of a container that was restarted that often. */
export function toStatus(name: string, restartCount: number) {
  return {
    name,
    restartCount,
    ready: false,
    image: "x",
    imageID: "",
    state: { waiting: { reason: "no kubelet" } },
  };
}
