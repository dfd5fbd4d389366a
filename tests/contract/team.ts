/** A namespace of a row's own, and the calls that rows are made of. */

import assert from "node:assert/strict";
import { POLICY_RESOURCE } from "../../lib/api/devops_policy.ts";
import type { KubeObject } from "./object.ts";
import type { ContractServer } from "./server.ts";
import type { Watch } from "./watch.ts";

/** The types that a PATCH can have. */
export const PATCH = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

/** The type of a policy, as its objects say it. */
export const POLICY = {
  apiVersion: `${POLICY_RESOURCE.group}/${POLICY_RESOURCE.version}`,
  kind: POLICY_RESOURCE.kind,
} as const;

/** The group and version that policies are served under. */
export const GROUP = `/apis/${POLICY.apiVersion}`;

/** How a call is made, and how it must be answered. */
export interface CallOptions {
  /** The HTTP status that the answer must have; 201 for a POST and 200 for all else unless said. */
  readonly code?: number;
  /** The type of a PATCH; a merge patch unless said. */
  readonly type?: keyof typeof PATCH;
  readonly headers?: Record<string, string>;
}

/** The parts of an object beside its name. */
export interface Parts {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** A namespace, in which paths are relative: `devopspolicies/…` and `pods/…`. */
export interface Team {
  readonly namespace: string;
  /** The path of a collection or an object of this namespace, with its query. */
  path(relative: string): string;
  get(path: string, options?: CallOptions): Promise<KubeObject>;
  post(path: string, body: unknown, options?: CallOptions): Promise<KubeObject>;
  put(path: string, body: unknown, options?: CallOptions): Promise<KubeObject>;
  patch(path: string, body: unknown, options?: CallOptions): Promise<KubeObject>;
  delete(path: string, body?: unknown, options?: CallOptions): Promise<KubeObject>;
  /** Creates a policy. */
  policy(name: string, parts?: Parts): Promise<KubeObject>;
  /** Creates a pod of one container. */
  pod(name: string, parts?: Parts): Promise<KubeObject>;
  /** Opens a watch on policies, or on what `path` says. */
  watch(query: Readonly<Record<string, string>>, path?: string): Promise<Watch>;
}

/** Creates a namespace that no other row has. */
export async function newTeam(server: ContractServer): Promise<Team> {
  const namespace = `team-${crypto.randomUUID().slice(0, 13)}`;
  await call(server, "POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  const path: Team["path"] = (relative) =>
    relative.startsWith("devopspolicies")
      ? `${GROUP}/namespaces/${namespace}/${relative}`
      : `/api/v1/namespaces/${namespace}/${relative}`;
  const team: Team = {
    namespace,
    path,
    get: (at, options) => call(server, "GET", path(at), undefined, options),
    post: (at, body, options) => call(server, "POST", path(at), body, options),
    put: (at, body, options) => call(server, "PUT", path(at), body, options),
    patch: (at, body, options) => call(server, "PATCH", path(at), body, options),
    delete: (at, body, options) => call(server, "DELETE", path(at), body, options),
    policy: (name, parts) => team.post("devopspolicies", policy(name, parts)),
    pod: (name, { metadata, spec, ...rest } = {}) =>
      team.post("pods", {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { ...metadata, name },
        spec: { containers: [{ name: "app", image: "app:1.0" }], ...spec as object },
        ...rest,
      }),
    watch: (query, at = "devopspolicies") =>
      server.openWatch(`${path(at)}?${new URLSearchParams({ watch: "1", ...query })}`),
  };
  return team;
}

/** The JSON of a policy. */
export function policy(name: string, { metadata, spec = {}, ...rest }: Parts = {}) {
  return { ...POLICY, metadata: { ...metadata, name }, spec, ...rest };
}

/** Sends a request, whose answer must have the expected code, and gives that answer. */
export async function call(
  server: ContractServer,
  method: string,
  path: string,
  body?: unknown,
  { code = method === "POST" ? 201 : 200, type = "merge", headers }: CallOptions = {},
): Promise<KubeObject> {
  const response = await server.request(method, path, body, {
    ...(method === "PATCH" && { "content-type": PATCH[type] }),
    ...headers,
  });
  const text = await response.text();
  assert.equal(response.status, code, `${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Reads what is no object, such as discovery. */
// deno-lint-ignore no-explicit-any -- its shape is what the rows assert
export async function read(server: ContractServer, path: string, headers = {}): Promise<any> {
  const response = await server.request("GET", path, undefined, headers);
  assert.equal(response.status, 200, path);
  return await response.json();
}
