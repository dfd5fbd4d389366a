// Policies in a test cluster: created, read and changed as their users would, and awaited.

import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import type { PolicySpec } from "../../lib/policy/spec.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";
import { policyCrd } from "../../lib/policy/crd.ts";
import type { ControlPlane } from "./control_plane.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { eventually } from "./eventually.ts";

/** A policy as the API server shows it. */
export type Policy = DevOpsPolicy<PolicyStatus>;

const GROUP = "/apis/devops.stochastic.io/v1";

/** Every check on, as in the sample. */
export const ALL_CHECKS: PolicySpec = {
  forbidLatestTag: true,
  requireLivenessProbe: true,
  requireReadinessProbe: true,
  maxRestartCount: 3,
  forbidPendingDuration: 300,
};

/** Installs the definition and waits until it is served. */
export async function installCrd(cluster: ControlPlane): Promise<void> {
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify(policyCrd()),
  });
  if (code !== 0) throw new Error(stderr);
  const served = async () => {
    const response = await cluster.request("GET", `${GROUP}/devopspolicies`);
    await response.body?.cancel();
    return response.ok;
  };
  await eventually(served, {
    what: "the definition is served",
  });
}

/** Creates a policy. */
export async function createPolicy(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  spec: unknown,
  metadata: Record<string, unknown> = {},
): Promise<Policy> {
  return await send(cluster, "POST", `${GROUP}/namespaces/${namespace}/devopspolicies`, {
    apiVersion: "devops.stochastic.io/v1",
    kind: "DevOpsPolicy",
    metadata: { ...metadata, name, namespace },
    spec,
  });
}

/** Reads a policy; undefined when there is none. */
export async function readPolicy(
  cluster: ControlPlane,
  namespace: string,
  name: string,
): Promise<Policy | undefined> {
  const response = await cluster.request("GET", path(namespace, name));
  if (response.status !== 404) return await response.json();
  await response.body?.cancel();
  return undefined;
}

/** Merges `change` into a policy. */
export async function changePolicy(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  change: unknown,
): Promise<Policy> {
  return await send(cluster, "PATCH", path(namespace, name), change);
}

/** Waits until the policy's status is as `expected` says; the message shows the last one seen. */
export async function statusIs(
  cluster: ControlPlane,
  namespace: string,
  name: string,
  expected: (status: PolicyStatus) => boolean,
  within = PATIENCE_MS,
): Promise<PolicyStatus> {
  let last: PolicyStatus | undefined;
  const holds = async () => {
    last = (await readPolicy(cluster, namespace, name))?.status;
    return last !== undefined && expected(last);
  };
  try {
    await eventually(holds, { within, what: `the status of ${namespace}/${name} holds: ${expected}` });
  } catch (error) {
    throw new Error(`${(error as Error).message}; it is ${JSON.stringify(last)}`, { cause: error });
  }
  return last!;
}

/** The reason of a condition; undefined when there is no such condition. */
export function reasonOf(status: PolicyStatus, type: string): string | undefined {
  const condition = status.conditions?.find((condition) => condition.type === type);
  return condition && `${condition.status}/${condition.reason}`;
}

function path(namespace: string, name: string): string {
  return `${GROUP}/namespaces/${namespace}/devopspolicies/${name}`;
}

async function send(cluster: ControlPlane, method: string, path: string, body: unknown): Promise<Policy> {
  const response = await cluster.request(method, path, body);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return await response.json();
}
