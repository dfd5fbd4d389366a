/** A pod as clusters hold them: at least 7 kB of JSON, of which the checks read a few dozen bytes. */

import type { PlannedPod } from "./plan.ts";

type Json = Record<string, unknown>;

const REGISTRY = "registry.example:5000";
const DIGEST = "0f5e3c1a9b7d24680ace13579bdf02468ace13579bdf02468ace13579bdf0246";
const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";
const STARTED_AT = "2026-02-22T10:00:00Z";

/** The containers that a pod may have: what it is for, and what stands beside it. */
const CONTAINERS = ["checkout", "proxy", "log-shipper", "config-reloader"] as const;

/** The image of the container at `place`: pinned, or resolving to `latest` in one of the two ways there are. */
export function imageOf(namespace: string, place: number, pinned: boolean): string {
  const image = repositoryOf(namespace, place);
  if (pinned) return `${image}:2026.2.${20 + place}`;
  return place % 2 === 0 ? `${image}:latest` : image;
}

/** Every team builds its own. */
function repositoryOf(namespace: string, place: number): string {
  return `${REGISTRY}/${namespace}/${CONTAINERS[place % CONTAINERS.length]}`;
}

/** The pod as its controller creates it. */
export function podToCreate(pod: PlannedPod): Json {
  const { index, namespace, name, containers, faults } = pod;
  const job = faults.phase === "Succeeded";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      generateName: "checkout-7d9f8b6c5d-",
      labels: {
        "app.kubernetes.io/instance": `checkout-${namespace}`,
        "app.kubernetes.io/name": "checkout",
        "pod-template-hash": "7d9f8b6c5d",
      },
      annotations: {
        "checksum/config": DIGEST,
        "prometheus.io/scrape": "true",
      },
      ownerReferences: [{
        apiVersion: job ? "batch/v1" : "apps/v1",
        kind: job ? "Job" : "ReplicaSet",
        name: "checkout-7d9f8b6c5d",
        uid: "5b0c1f5e-6a2f-4f0e-9d43-0c8a1b2c3d4e",
        controller: true,
        blockOwnerDeletion: true,
      }],
    },
    spec: {
      restartPolicy: job ? "Never" : "Always",
      nodeName: `node-${index % 500}`,
      serviceAccountName: "checkout",
      securityContext: { runAsNonRoot: true, runAsUser: 10_001 },
      containers: Array.from({ length: containers }, (_, place) => containerOf(pod, place)),
      volumes: [
        { name: "config", configMap: { name: "checkout-config" } },
        {
          name: "kube-api-access",
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
              { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
            ],
          },
        },
      ],
    },
  };
}

function containerOf({ faults, namespace }: PlannedPod, place: number): Json {
  const probe = place === 0
    ? { httpGet: { path: "/healthz", port: 8080 } }
    : { tcpSocket: { port: 8080 + place } };
  return {
    name: CONTAINERS[place % CONTAINERS.length],
    image: imageOf(namespace, place, place >= faults.unpinned),
    ...(place >= faults.withoutLiveness && { livenessProbe: probe }),
    ...(place >= faults.withoutReadiness && { readinessProbe: probe }),
    ...(place === 0 && {
      env: [
        { name: "DATABASE_URL", value: `postgres://database.${namespace}.svc.cluster.local/checkout` },
        { name: "LOG_LEVEL", value: "info" },
        { name: "API_KEY", valueFrom: { secretKeyRef: { name: "checkout-secrets", key: "api-key" } } },
      ],
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      volumeMounts: [
        { name: "config", mountPath: "/etc/checkout", readOnly: true },
        { name: "kube-api-access", mountPath: SERVICE_ACCOUNT_DIR, readOnly: true },
      ],
    }),
  };
}

/** The status that the pod's kubelet reports. */
export function statusToReport({ index, namespace, containers, faults }: PlannedPod): Json {
  const running = faults.phase === "Running";
  const podIP = `10.${index >> 16 & 255}.${index >> 8 & 255}.${index & 255}`;
  const state = running
    ? { running: { startedAt: STARTED_AT } }
    : faults.phase === "Pending"
    ? { waiting: { reason: "ContainerCreating" } }
    : { terminated: { exitCode: 0, reason: "Completed", startedAt: STARTED_AT, finishedAt: STARTED_AT } };
  return {
    phase: faults.phase,
    hostIP: "192.168.10.17",
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: STARTED_AT,
    conditions: ["PodScheduled", "ContainersReady", "Ready"].map((type) => ({
      type,
      status: running ? "True" : "False",
      lastTransitionTime: STARTED_AT,
    })),
    containerStatuses: Array.from({ length: containers }, (_, place) => ({
      name: CONTAINERS[place % CONTAINERS.length],
      image: imageOf(namespace, place, place >= faults.unpinned),
      imageID: `${repositoryOf(namespace, place)}@sha256:${DIGEST}`,
      containerID: `containerd://${[...DIGEST].reverse().join("")}`,
      ready: running,
      started: running,
      restartCount: place === 0 ? faults.restarts : 0,
      state,
    })),
  };
}
