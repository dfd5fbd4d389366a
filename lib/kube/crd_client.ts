/** Reads, creates, updates and deletes a CustomResourceDefinition, and tells whether its objects are served. */

import type { Clock } from "../api/clock.ts";
import { FIELD_MANAGER } from "../api/devops_policy.ts";
import { ApiError, isNotFound, isTransient } from "../api/errors.ts";
import { createCalls, undefinedOn } from "./calls.ts";
import { createApiClient } from "./client.ts";
import type { components } from "./generated/api.ts";
import type { Transport } from "./transport.ts";

type Schemas = components["schemas"];

/** A definition as an API server describes it. */
export type CustomResourceDefinition =
  Schemas["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];

/** The calls that installing and uninstalling a definition take; each throws `ApiError` or `ConnectionError`. */
export interface CrdClient {
  /** Undefined when there is none of that name. */
  get(name: string, signal: AbortSignal): Promise<CustomResourceDefinition | undefined>;
  create(definition: CustomResourceDefinition, signal: AbortSignal): Promise<void>;
  /** Replaces what `spec` sets, unless the definition has moved on from `resourceVersion` (409). */
  update(
    name: string,
    change: { readonly resourceVersion: string; readonly spec: CustomResourceDefinition["spec"] },
    signal: AbortSignal,
  ): Promise<void>;
  /** Deletes the definition, unless another one has taken its name (409); its objects go first, each when nobody holds it. */
  delete(name: string, preconditions: { readonly uid: string }, signal: AbortSignal): Promise<void>;
  /** Whether the server answers for policies as of now; it may take a moment after the definition is established. */
  servesPolicies(signal: AbortSignal): Promise<boolean>;
}

/** A client whose calls are repeated on passing errors. */
export function createCrdClient(transport: Transport, clock: Clock): CrdClient {
  const api = createApiClient(transport);
  const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const policies = "/apis/devops.stochastic.io/v1/devopspolicies";
  const { once, repeated } = createCalls(transport, clock);
  const query = { fieldManager: FIELD_MANAGER };

  return {
    get: (name, signal) =>
      undefinedOn(
        [404],
        () =>
          repeated(
            (fetch) => api.GET(`${collection}/{name}`, { params: { path: { name } }, fetch }),
            signal,
          ),
      ),

    async create(definition, signal) {
      await repeated((fetch) => api.POST(collection, { params: { query }, body: definition, fetch }), signal);
    },

    async update(name, { resourceVersion, spec }, signal) {
      await repeated((fetch) =>
        api.PATCH(`${collection}/{name}`, {
          params: { path: { name }, query },
          headers: { "content-type": "application/merge-patch+json" },
          body: { metadata: { resourceVersion }, spec },
          fetch,
        }), signal);
    },

    async delete(name, preconditions, signal) {
      const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions };
      const params = { path: { name } };
      await undefinedOn(
        [404],
        () => repeated((fetch) => api.DELETE(`${collection}/{name}`, { params, body, fetch }), signal),
      );
    },

    async servesPolicies(signal) {
      try {
        const query = { limit: 1 };
        await once((fetch) => api.GET(policies, { params: { query }, fetch }), signal);
        return true;
      } catch (error) {
        // Who may not list policies cannot tell, and is not kept waiting.
        if (error instanceof ApiError && error.code === 403) return true;
        if (isNotFound(error) || isTransient(error)) return false;
        throw error;
      }
    },
  };
}
