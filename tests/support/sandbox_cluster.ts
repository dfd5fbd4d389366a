/** A sandbox with policies and pods in it, as their users and a kubelet change them. */

import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import type { ObjectMeta, ObjectRef } from "../../lib/api/object.ts";
import { toDevOpsPolicy } from "../../lib/kube/policy_decoder.ts";
import { CRD_NAME, policyCrd } from "../../lib/policy/crd.ts";
import type { KubeObject } from "../contract/object.ts";
import { GROUP, policy } from "../contract/team.ts";
import type { Call } from "./front.ts";
import type { PodBuilder } from "./pod_builder.ts";
import { SandboxServer } from "./sandbox_server.ts";

/** A policy to put; `spec` may be whatever the definition lets in. */
export interface PolicyToPut extends Partial<ObjectRef>, Pick<ObjectMeta, "finalizers"> {
  readonly spec?: unknown;
}

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
/** A pod of a node lingers when it is deleted, for as long as nobody says that it has ended. */
const NODE = "node-1";

/** Namespaces come as they are needed. */
export class SandboxCluster extends SandboxServer {
  readonly #namespaces = new Set<string>();

  /** The calls about one policy: reads after a lost race, and writes. */
  get policyCalls(): readonly Call[] {
    return this.calls.filter(({ resource, verb }) =>
      resource === "devopspolicies" && ["get", "patch", "patchStatus"].includes(verb)
    );
  }

  /** The same, with what became of them, each as `patch 200`. */
  answers(): readonly string[] {
    return this.policyCalls.map(({ verb, code }) => `${verb} ${code}`);
  }

  /** The calls that would change something. */
  get writes(): readonly Call[] {
    return this.policyCalls.filter(({ verb }) => verb !== "get");
  }

  /** The lists and watches of a resource, refused ones included. */
  reads(resource: string): readonly Call[] {
    return this.calls.filter((call) =>
      call.resource === resource && (call.verb === "list" || call.verb === "watch")
    );
  }

  /** Installs the definition of policies: ours, or another of the same name. */
  async install(crd: object = policyCrd()): Promise<void> {
    await this.send("POST", DEFINITIONS, crd);
  }

  /** The definition of policies as the server has it. */
  definition(): Promise<KubeObject | undefined> {
    return this.find(`${DEFINITIONS}/${CRD_NAME}`);
  }

  /** Deletes the definition: it stays for as long as there are policies with finalizers. */
  async deleteDefinition(): Promise<void> {
    await this.send("DELETE", `${DEFINITIONS}/${CRD_NAME}`);
  }

  async policy(name: string, namespace = "production"): Promise<DevOpsPolicy | undefined> {
    return toDevOpsPolicy(await this.find(policyPath(name, namespace)));
  }

  /** The finalizers of a policy; undefined when it has none, or is gone. */
  async finalizers(name = "strict"): Promise<readonly string[] | undefined> {
    return (await this.policy(name))?.metadata.finalizers;
  }

  /** Creates a policy, or replaces its spec and, if given, its finalizers. */
  async putPolicy(
    { name = "strict", namespace = "production", spec = {}, finalizers }: PolicyToPut = {},
  ): Promise<void> {
    await this.#need(namespace);
    const before = await this.find(policyPath(name, namespace));
    const metadata = { ...before?.metadata, ...(finalizers && { finalizers }) };
    if (before === undefined) {
      await this.send("POST", policiesIn(namespace), policy(name, { metadata, spec }));
    } else await this.send("PUT", policyPath(name, namespace), { ...before, metadata, spec });
  }

  /** Writes the status of the policy `strict` by hand. */
  async putStatus(status: object): Promise<void> {
    const path = policyPath("strict", "production");
    await this.send("PUT", `${path}/status`, { ...await this.send("GET", path), status });
  }

  /** Deletes a policy: at once, or once its last finalizer is gone. */
  async deletePolicy(name = "strict", namespace = "production"): Promise<void> {
    await this.send("DELETE", policyPath(name, namespace));
  }

  /** Creates a pod, which nothing is known of yet but its spec; when it was created is the server's to say. */
  async createPod(pod: PodBuilder): Promise<void> {
    const { metadata: { namespace, name }, spec } = pod.json();
    await this.#need(namespace);
    await this.send("POST", podsIn(namespace), { metadata: { name }, spec: { ...spec, nodeName: NODE } });
  }

  /** Creates a pod, or changes the images of the one that there is, and then tells its status as a kubelet does. */
  async putPod(pod: PodBuilder): Promise<void> {
    const { metadata: { namespace, name, deletionTimestamp }, spec, status } = pod.json();
    const path = `${podsIn(namespace)}/${name}`;
    if (await this.find(path) === undefined) await this.createPod(pod);
    else await this.send("PATCH", path, { spec }, { type: "strategic" });
    await this.send("PATCH", `${path}/status`, { status });
    if (deletionTimestamp !== undefined) await this.send("DELETE", path);
  }

  async deletePod(name: string, namespace = "production"): Promise<void> {
    await this.send("DELETE", `${podsIn(namespace)}/${name}`, { gracePeriodSeconds: 0 });
  }

  async #need(namespace: string): Promise<void> {
    if (this.#namespaces.has(namespace)) return;
    this.#namespaces.add(namespace);
    if (await this.find(`/api/v1/namespaces/${namespace}`) !== undefined) return;
    await this.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  }
}

function policiesIn(namespace: string): string {
  return `${GROUP}/namespaces/${namespace}/devopspolicies`;
}

function policyPath(name: string, namespace: string): string {
  return `${policiesIn(namespace)}/${name}`;
}

function podsIn(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}
