/** Reads as much of the installed definition as a server shows to whoever has no right on definitions. */

import type { Clock } from "../api/clock.ts";
import { POLICY_RESOURCE } from "../api/devops_policy.ts";
import { type Call, createCalls, undefinedOn } from "./calls.ts";
import { createApiClient } from "./client.ts";
import type { Transport } from "./transport.ts";

/** The definition as it shows, in its own words. */
export interface ServedCrd {
  readonly spec: {
    readonly scope: string;
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly [{
      readonly name: string;
      readonly subresources: { readonly status?: object };
      /** Undefined where we may not list policies, whose table shows them. */
      readonly additionalPrinterColumns: readonly Column[] | undefined;
      /** Undefined where none is described, as for a moment after the installation. */
      readonly schema: { readonly openAPIV3Schema: unknown } | undefined;
    }];
  };
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly priority: number;
}

/** Of the answers, what is looked at. */
interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly singularName: string;
    readonly namespaced: boolean;
    readonly kind: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
  }[];
}
interface Table {
  readonly columnDefinitions?: readonly (Column & { readonly format: string })[];
}
interface OpenApi {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

const { group, version, plural, kind } = POLICY_RESOURCE;
const PATH = `/apis/${group}/${version}`;
const SCHEMA = `${group.split(".").reverse().join(".")}.${version}.${kind}`;
const TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

/**
 * The definition of policies as it is served; undefined when there is none.
 *
 * @param namespace where we may list policies; all namespaces when undefined
 * @throws {ApiError} when not even discovery is allowed
 */
export async function readServedCrd(
  transport: Transport,
  { clock, namespace }: { readonly clock: Clock; readonly namespace: string | undefined },
  signal: AbortSignal,
): Promise<ServedCrd | undefined> {
  const api = createApiClient(transport);
  const calls = createCalls(transport, clock);
  // The paths are none that the API server's description tells of.
  const read = <T>(path: string, accept = "application/json") =>
    calls.repeated(
      (fetch) => api.GET(path as "/version/", { headers: { accept }, fetch }) as ReturnType<Call<T>>,
      signal,
    );

  const discovered = await undefinedOn([404], () => read<ResourceList>(PATH));
  const resource = discovered?.resources?.find(({ name }) => name === plural);
  if (resource === undefined) return undefined;
  const hasStatus = discovered?.resources?.some(({ name }) => name === `${plural}/status`);
  const collection = `${PATH}/${namespace === undefined ? "" : `namespaces/${namespace}/`}${plural}`;
  const table = await undefinedOn([403, 404], () => read<Table>(`${collection}?limit=1`, TABLE));
  const described = await undefinedOn([404], () => read<OpenApi>(`/openapi/v3${PATH}`));
  const schema = described?.components?.schemas?.[SCHEMA];
  return {
    spec: {
      scope: resource.namespaced ? "Namespaced" : "Cluster",
      names: {
        kind: resource.kind,
        plural: resource.name,
        singular: resource.singularName,
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
      },
      versions: [{
        name: version,
        subresources: hasStatus ? { status: {} } : {},
        // The name of the object comes first in every table, defined or not.
        additionalPrinterColumns: table?.columnDefinitions?.filter(({ format }) => format !== "name"),
        schema: schema === undefined ? undefined : { openAPIV3Schema: schema },
      }],
    },
  };
}
