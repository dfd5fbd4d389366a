/** Fills an API server with the pods of the plan, through its API, as controllers and kubelets would. */

import type { ControlPlane } from "../../tests/cluster/control_plane.ts";
import { namespaceName, type PlannedPod, plannedPods, POLICY_NAME, POLICY_SPEC, type Size } from "./plan.ts";
import { podToCreate, statusToReport } from "./pod.ts";
import type { ReadPolicy } from "./truth.ts";
import type { World } from "./world.ts";

/** How many requests are under way at once: enough to keep the server busy. */
const WORKERS = 24;
/** As many as the operator has under way. */
const BARE_WORKERS = 16;
/** The server converts what it answers from protobuf, so protobuf costs it least. */
const LEAN = { accept: "application/vnd.kubernetes.protobuf" };
/** So many pods stand for all when their size is looked at. */
const SAMPLE = 50;
const POLICIES = "/apis/devops.stochastic.io/v1";

type Api = Pick<ControlPlane, "request">;

/** Creates the namespaces. */
export async function createNamespaces(api: Api, { namespaces }: Size, signal?: AbortSignal): Promise<void> {
  const names = Array.from({ length: namespaces }, (_, i) => namespaceName(i));
  await forEach(names, (name) => send(api, "POST", "/api/v1/namespaces", { metadata: { name } }), signal);
}

/** Creates the pods, each with the status that its kubelet would report, and tells how many there are now and then. */
export async function createPods(
  api: Api,
  size: Size,
  tell: (count: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  let count = 0;
  await forEach(plannedPods(size), async (pod) => {
    await createPod(api, pod);
    if (++count % Math.ceil(size.pods / 10) === 0) tell(count);
  }, signal);
}

/** Creates one pod, and reports its status. */
export async function createPod(api: Api, pod: PlannedPod): Promise<void> {
  const path = `/api/v1/namespaces/${pod.namespace}/pods`;
  const created = podToCreate(pod);
  await send(api, "POST", `${path}?fieldManager=kube-controller-manager`, created);
  // The spec of a status update is not looked at, so that it need not be sent.
  const reported = { metadata: created["metadata"], status: statusToReport(pod) };
  await send(api, "PUT", `${path}/${pod.name}/status?fieldManager=kubelet`, reported);
}

/** How many bytes a pod has on the way to its readers, on average of the first ones. */
export async function podBytes(
  api: Api,
  size: Size,
): Promise<{ readonly json: number; readonly protobuf: number }> {
  const sample = [...plannedPods(size).take(SAMPLE)];
  const average = async (accept: string) => {
    let bytes = 0;
    for (const { namespace, name } of sample) {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
      bytes += (await send(api, "GET", path, undefined, { accept })).byteLength;
    }
    return Math.round(bytes / sample.length);
  };
  return { json: await average("application/json"), protobuf: await average(LEAN.accept) };
}

/** Sets the image of a pod's first container. */
export async function setFirstImage(api: Api, pod: PlannedPod, image: string): Promise<void> {
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}?fieldManager=kubectl-set`;
  const containers = [{ name: "checkout", image }];
  await send(api, "PATCH", path, { spec: { containers } }, {
    "content-type": "application/strategic-merge-patch+json",
  });
}

/** Makes all policies anew, without status and finalizer, and brings every pod back to the plan: a cold start. */
export async function reset(api: Api, world: World, signal?: AbortSignal): Promise<void> {
  for (const pod of world.deviations) {
    const change = world.toggleImage(pod);
    await setFirstImage(api, pod, change.image);
  }
  const names = Array.from({ length: world.size.namespaces }, (_, i) => namespaceName(i));
  await forEach(names, async (namespace) => {
    const path = `${POLICIES}/namespaces/${namespace}/devopspolicies`;
    const before = await api.request("DELETE", `${path}/${POLICY_NAME}`);
    await before.arrayBuffer();
    if (before.ok) {
      const released = { metadata: { finalizers: null } };
      const response = await api.request("PATCH", `${path}/${POLICY_NAME}`, released);
      await response.arrayBuffer(); // a 404 when there was no finalizer: then it is gone already
    }
    await send(api, "POST", path, {
      apiVersion: "devops.stochastic.io/v1",
      kind: "DevOpsPolicy",
      metadata: { name: POLICY_NAME },
      spec: POLICY_SPEC,
    });
  }, signal);
}

/** Writes finalizer and status of each policy as they are in `policies`, as fast as the server takes them; milliseconds. */
export async function writeBare(
  api: Api,
  policies: readonly ReadPolicy[],
  signal?: AbortSignal,
): Promise<number> {
  const startedAt = performance.now();
  await forEach(
    policies,
    async ({ metadata, status }) => {
      const path = `${POLICIES}/namespaces/${metadata.namespace}/devopspolicies/${POLICY_NAME}`;
      const { finalizers } = metadata;
      await send(api, "PATCH", path, [{ op: "add", path: "/metadata/finalizers", value: finalizers }], {
        "content-type": "application/json-patch+json",
      });
      await send(api, "PATCH", `${path}/status`, { status });
    },
    signal,
    BARE_WORKERS,
  );
  return performance.now() - startedAt;
}

/** Sends a request and gives the answer's body. @throws when it is no success */
async function send(
  api: Api,
  method: string,
  path: string,
  body: unknown,
  headers = {},
): Promise<ArrayBuffer> {
  const response = await api.request(method, path, body, { ...(isOfPods(path) && LEAN), ...headers });
  // Read to the end, or the connection could not be used again.
  const answer = await response.arrayBuffer();
  if (response.ok) return answer;
  throw new Error(
    `Cannot ${method} ${path}: ${response.status} ${new TextDecoder().decode(answer).slice(0, 500)}`,
  );
}

function isOfPods(path: string): boolean {
  return path.includes("/pods");
}

/** Calls `act` on each item, a few at a time. */
async function forEach<T>(
  items: Iterable<T>,
  act: (item: T) => Promise<unknown>,
  signal?: AbortSignal,
  workers = WORKERS,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      signal?.throwIfAborted();
      await act(next.value);
    }
  }));
}
