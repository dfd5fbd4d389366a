// Puts namespaces, pods and tokens into a test cluster, and reads how often it was asked to list.

import type { ControlPlane } from "./control_plane.ts";

/** An object of the API as JSON, of which the tests know only what they need. */
export interface KubeObject {
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    [field: string]: unknown;
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

/** Fields that replace those of the pod that {@linkcode createPod} would make. */
export interface PodOverrides {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** Creates a namespace. Deleting one never ends here, as nothing finalizes it: tests take a new name instead. */
export async function createNamespace(cluster: ControlPlane, name: string): Promise<KubeObject> {
  return await send(cluster, "POST", "/api/v1/namespaces", { metadata: { name } });
}

/** Creates a pod with one container that pins its image and has no probes; no kubelet ever runs it. */
export async function createPod(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  { metadata = {}, spec = {} }: PodOverrides = {},
): Promise<KubeObject> {
  return await send(cluster, "POST", podsPath(namespace), {
    metadata: { name, ...metadata },
    spec: { containers: [{ name: "app", image: "app:1.0" }], ...spec },
  });
}

/** Merges `status` into a pod's status, as its kubelet would; lists are replaced. */
export async function setPodStatus(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  status: Readonly<Record<string, unknown>>,
): Promise<KubeObject> {
  return await send(cluster, "PATCH", `${podsPath(namespace)}/${name}/status`, { status });
}

/** Deletes a pod at once. */
export async function deletePod(cluster: ControlPlane, namespace: string, name: string): Promise<void> {
  await send(cluster, "DELETE", `${podsPath(namespace)}/${name}`, { gracePeriodSeconds: 0 });
}

/** Issues a token for a service account, which is created first if it does not exist. */
export async function createServiceAccountToken(
  cluster: ControlPlane,
  namespace: string,
  name: string,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const created = await cluster.request("POST", path, { metadata: { name } });
  if (created.status === 409) await created.body?.cancel();
  else await read(created, `POST ${path}`);
  const { status } = await send(cluster, "POST", `${path}/${name}/token`, { spec: {} });
  return String(status?.["token"]);
}

/**
 * How many lists the API server has answered since it started, of one resource (its plural name) or of all. The
 * server also lists for itself, so compare two readings of one resource.
 */
export async function listRequests(cluster: ControlPlane, resource?: string): Promise<number> {
  const response = await cluster.request("GET", "/metrics");
  const metrics = await response.text();
  if (!response.ok) throw new Error(`Cannot GET /metrics: ${response.status} ${metrics}`);
  let sum = 0;
  for (const [, labels = "", value] of metrics.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const isCounted = resource === undefined || labels.includes(`,resource="${resource}",`);
    if (isCounted && labels.includes(`verb="LIST"`)) sum += Number(value);
  }
  return sum;
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

async function send(
  cluster: ControlPlane,
  method: string,
  path: string,
  body: unknown,
): Promise<KubeObject> {
  return await read(await cluster.request(method, path, body), `${method} ${path}`);
}

async function read(response: Response, what: string): Promise<KubeObject> {
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot ${what}: ${response.status} ${text}`);
  return JSON.parse(text);
}
