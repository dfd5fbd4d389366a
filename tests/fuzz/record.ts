/** Records what a real API server says of pods and policies, in both forms: the corpus that the fuzzing starts from. */

import { fileURLToPath } from "node:url";
import { type ControlPlane, startControlPlane } from "../cluster/control_plane.ts";
import { createNamespace, createPod, deletePod, setPodStatus } from "../cluster/fixtures.ts";
import { changePolicy, createPolicy, installCrd } from "../cluster/policies.ts";

const PODS = "/api/v1/pods";
const POLICIES = "/apis/devops.stochastic.io/v1/devopspolicies";
const PROTOBUF = "application/vnd.kubernetes.protobuf";
/** All that there is, then what happens, for two seconds. */
const WATCH =
  "?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=2";

const RECORDINGS: Readonly<Record<string, readonly [path: string, accept: string]>> = {
  "pods_list_protobuf.bin": [PODS, PROTOBUF],
  "pods_list_json.bin": [PODS, "application/json"],
  "pods_watch_protobuf.bin": [PODS + WATCH, `${PROTOBUF};stream=watch`],
  "pods_watch_json.bin": [PODS + WATCH, "application/json"],
  "policies_list_json.bin": [POLICIES, "application/json"],
  "policies_watch_json.bin": [POLICIES + WATCH, "application/json"],
};

await using cluster = await startControlPlane();
await installCrd(cluster);
await createNamespace(cluster, "shop");
await fill(cluster);
const recordings = Object.entries(RECORDINGS).map(async ([file, [path, accept]]) => {
  const response = await cluster.request("GET", path, undefined, { accept });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  await Deno.writeFile(fileURLToPath(new URL(`corpus/${file}`, import.meta.url)), bytes);
});
await new Promise((resolve) => setTimeout(resolve, 500));
await deletePod(cluster, "shop", "gone");
await changePolicy(cluster, "shop", "strict", { spec: { maxRestartCount: 5 } });
await Promise.all(recordings);

async function fill(cluster: ControlPlane): Promise<void> {
  const probe = { httpGet: { path: "/healthz", port: 8080 } };
  await createPod(cluster, "shop", "gone");
  await createPod(cluster, "shop", "web", {
    metadata: { labels: { app: "web" }, annotations: { note: "künstlich ☃" } },
    spec: {
      initContainers: [{ name: "migrate", image: "app:1.0" }, {
        name: "proxy",
        image: "proxy",
        restartPolicy: "Always",
      }],
      containers: [{
        name: "app",
        image: "host:5000/app:latest",
        livenessProbe: probe,
        readinessProbe: probe,
      }],
    },
  });
  await setPodStatus(cluster, "shop", "web", {
    phase: "Running",
    containerStatuses: [{ name: "app", image: "app", imageID: "", ready: true, restartCount: 7 }],
  });
  await createPolicy(cluster, "shop", "strict", { forbidLatestTag: true, maxRestartCount: 3 }, {
    finalizers: ["example.com/hold"],
  });
}
