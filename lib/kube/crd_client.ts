/** Reads, creates and updates a CustomResourceDefinition, and tells whether its objects are served. */

import type { Clock } from "../api/clock.ts";
import { FIELD_MANAGER } from "../api/devops_policy.ts";
import { ApiError, isNotFound, isTransient } from "../api/errors.ts";
import { answer, createApiClient } from "./client.ts";
import { withDeadline } from "./deadline.ts";
import type { components } from "./generated/api.ts";
import { withRetry } from "./retry.ts";
import type { Fetch, Transport } from "./transport.ts";

type Schemas = components["schemas"];

/** A definition as an API server describes it. */
export type CustomResourceDefinition =
  Schemas["io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition"];

/** The calls that installing a definition takes; each throws `ApiError` or `ConnectionError`. */
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
  /** Whether the server answers for policies as of now; it may take a moment after the definition is established. */
  servesPolicies(signal: AbortSignal): Promise<boolean>;
}

/** A client whose calls are repeated on passing errors. */
export function createCrdClient(transport: Transport, clock: Clock): CrdClient {
  const api = createApiClient(transport);
  const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const policies = "/apis/devops.stochastic.io/v1/devopspolicies";
  const { server } = transport;
  type Request<T> = (fetch: Fetch) => Promise<{ data?: T; error?: unknown; response: Response }>;
  const once = <T>(request: Request<T>, signal: AbortSignal) =>
    withDeadline((signal) => answer(request(transport.fetch(signal)), server), { server }, signal);
  const call = <T>(request: Request<T>, signal: AbortSignal) =>
    withRetry(() => once(request, signal), { clock }, signal);
  const query = { fieldManager: FIELD_MANAGER };

  return {
    async get(name, signal) {
      try {
        return await call(
          (fetch) => api.GET(`${collection}/{name}`, { params: { path: { name } }, fetch }),
          signal,
        );
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },

    async create(definition, signal) {
      await call((fetch) => api.POST(collection, { params: { query }, body: definition, fetch }), signal);
    },

    async update(name, { resourceVersion, spec }, signal) {
      await call((fetch) =>
        api.PATCH(`${collection}/{name}`, {
          params: { path: { name }, query },
          headers: { "content-type": "application/merge-patch+json" },
          body: { metadata: { resourceVersion }, spec },
          fetch,
        }), signal);
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
