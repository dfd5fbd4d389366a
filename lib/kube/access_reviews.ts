/** Asks an API server what we may do there, which it tells whoever it lets in. */

import type { Clock } from "../api/clock.ts";
import { createCalls } from "./calls.ts";
import { createApiClient } from "./client.ts";
import type { Transport } from "./transport.ts";

/** A right, as RBAC counts them. */
export interface Right {
  readonly verb: string;
  /** The API group; empty for the core group. */
  readonly group: string;
  /** The plural, with a subresource after a slash. */
  readonly resource: string;
  /** The one object that it is about; all when left out. */
  readonly name?: string;
}

/** Asks about rights. */
export interface AccessReviews {
  /**
   * Whether we have `right` in `namespace`, or in all of them (undefined).
   *
   * @throws {ApiError} when the server does not answer such questions
   */
  isAllowed(right: Right, namespace: string | undefined, signal: AbortSignal): Promise<boolean>;
}

/** Asks the server behind `transport`. */
export function createAccessReviews(transport: Transport, clock: Clock): AccessReviews {
  const api = createApiClient(transport);
  const calls = createCalls(transport, clock);
  return {
    async isAllowed({ verb, group, resource: path, name }, namespace, signal) {
      const [resource = "", subresource] = path.split("/");
      const body = {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: {
          resourceAttributes: {
            verb,
            group,
            resource,
            ...(subresource !== undefined && { subresource }),
            ...(namespace !== undefined && { namespace }),
            ...(name !== undefined && { name }),
          },
        },
      };
      const { status } = await calls.repeated(
        (fetch) => api.POST("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { body, fetch }),
        signal,
      );
      return status?.allowed === true;
    },
  };
}
