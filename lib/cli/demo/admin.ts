/** What the demo does to its cluster, as a person with kubectl would: over HTTP, with the admin's token. */

import { ApiError } from "../../api/errors.ts";
import { POLICY_RESOURCE } from "../../api/devops_policy.ts";
import type { DevOpsPolicy } from "../../api/devops_policy.ts";
import type { Fetch } from "../../kube/transport.ts";
import type { Answer } from "../../kube/wire.ts";
import { parseStatus } from "../../policy/status.ts";
import type { PolicyStatus } from "../../policy/status_schema.ts";
import type { Sample } from "./samples.ts";

/** A policy as it was read back. */
export type ReadPolicy = Pick<DevOpsPolicy, "namespace" | "name"> & { readonly status: PolicyStatus };

const POLICIES = `/apis/${POLICY_RESOURCE.group}/${POLICY_RESOURCE.version}`;
/** Where objects of a kind are created, below their namespace. */
const PLACES: Readonly<Record<string, string>> = {
  Pod: "/api/v1/namespaces/{namespace}/pods",
  DevOpsPolicy: `${POLICIES}/namespaces/{namespace}/${POLICY_RESOURCE.plural}`,
  Namespace: "/api/v1/namespaces",
  CustomResourceDefinition: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
};

/** The demo's hands. Each call throws `ApiError` when the server says no. */
export class Admin {
  readonly #server: string;
  readonly #fetch: Fetch;

  /** @param fetch sends a request to `server` with the admin's credentials on */
  constructor(server: string, fetch: Fetch) {
    this.#server = server;
    this.#fetch = fetch;
  }

  async create(object: Sample): Promise<void> {
    await this.#send("POST", placeOf(object.kind, object.metadata.namespace), object);
  }

  async createNamespace(name: string): Promise<void> {
    await this.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  async delete(kind: string, namespace: string, name: string): Promise<void> {
    await this.#send("DELETE", `${placeOf(kind, namespace)}/${name}`, { gracePeriodSeconds: 0 });
  }

  /** What a kubelet would tell of a pod. */
  async setPodStatus(namespace: string, name: string, status: object): Promise<void> {
    await this.#send("PATCH", `${placeOf("Pod", namespace)}/${name}/status`, { status });
  }

  /** All policies with their statuses; none when somebody has deleted what defines them. */
  async policies(): Promise<readonly ReadPolicy[]> {
    const response = await this.#ask("GET", `${POLICIES}/${POLICY_RESOURCE.plural}`);
    if (response.status === 404) {
      await response.body?.cancel();
      return [];
    }
    const { items } = await response.json() as {
      items: { metadata: { namespace: string; name: string }; status?: unknown }[];
    };
    return items.map(({ metadata, status }) => ({
      namespace: metadata.namespace,
      name: metadata.name,
      status: parseStatus(status),
    }));
  }

  async #send(method: string, path: string, body: object): Promise<void> {
    const response = await this.#ask(method, path, body);
    const answer = await response.json();
    if (response.ok) return;
    throw new ApiError({
      code: response.status,
      reason: answer.reason ?? "",
      message: `${method} ${path}: ${answer.message}`,
    });
  }

  async #ask(method: string, path: string, body?: object): Promise<Answer> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return await this.#fetch({
      url: `${this.#server}${path}`,
      method,
      headers: [["content-type", type]],
      body: body && JSON.stringify(body),
    });
  }
}

function placeOf(kind: string, namespace = ""): string {
  const place = PLACES[kind];
  if (place === undefined) throw new TypeError(`the demo does not know where a ${kind} goes`);
  return place.replace("{namespace}", namespace);
}
