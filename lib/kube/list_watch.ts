/** Lists and watches: one collection of one API server, behind the port that the runtime reads it through. */

import type { DevOpsPolicy } from "../api/devops_policy.ts";
import type { PodFacts } from "../api/pod_facts.ts";
import { toPodFacts } from "../api/pod_json.ts";
import type { CollectionOptions, ListOptions, ListWatch, WatchEvent, WatchOptions } from "../api/ports.ts";
import { answer, type ApiClient, createApiClient } from "./client.ts";
import type { Decoder } from "./decoder.ts";
import { withDeadline } from "./deadline.ts";
import { jsonDecoder } from "./json_decoder.ts";
import { fromFetch } from "./network_errors.ts";
import { toDevOpsPolicy } from "./policy_decoder.ts";
import { stringPool } from "./string_pool.ts";
import type { Fetch, Transport } from "./transport.ts";

/** The pods, as facts. */
export function podListWatch(transport: Transport, options: CollectionOptions): ListWatch<PodFacts> {
  const share = stringPool();
  const { onUnreadable } = options;
  return listWatch(transport, jsonDecoder({ toObject: (json) => toPodFacts(json, share), onUnreadable }), {
    ...options,
    all: (api, query, init) => api.GET("/api/v1/pods", { params: { query }, ...init }),
    within: (api, namespace, query, init) =>
      api.GET("/api/v1/namespaces/{namespace}/pods", { params: { path: { namespace }, query }, ...init }),
  });
}

/** The policies. */
export function policyListWatch(transport: Transport, options: CollectionOptions): ListWatch<DevOpsPolicy> {
  const { onUnreadable } = options;
  return listWatch(transport, jsonDecoder({ toObject: toDevOpsPolicy, onUnreadable }), {
    ...options,
    all: (api, query, init) =>
      api.GET("/apis/devops.stochastic.io/v1/devopspolicies", { params: { query }, ...init }),
    within: (api, namespace, query, init) =>
      api.GET("/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies", {
        params: { path: { namespace }, query },
        ...init,
      }),
  });
}

/** The query parameters of both calls; see the API concepts of Kubernetes for what they mean. */
interface Query {
  readonly limit?: number;
  readonly continue?: string;
  readonly watch?: boolean;
  readonly allowWatchBookmarks?: boolean;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  readonly fieldSelector?: string;
}

interface Init {
  readonly parseAs: "stream";
  readonly headers: Record<string, string>;
  readonly fetch: Fetch;
}

type Call = Promise<{ data?: ReadableStream<Uint8Array> | null; error?: unknown; response: Response }>;

interface Calls extends Pick<CollectionOptions, "namespace" | "name"> {
  readonly all: (api: ApiClient, query: Query, init: Init) => Call;
  readonly within: (api: ApiClient, namespace: string, query: Query, init: Init) => Call;
}

function listWatch<T>(
  transport: Transport,
  decoder: Decoder<T>,
  { all, within, namespace, name }: Calls,
): ListWatch<T> {
  const api = createApiClient(transport);
  const selected = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
  const read = (asked: Query, accept: string, fetch: Fetch) => {
    const query = { ...asked, ...selected };
    // Compressing and decompressing on one machine, or within one cluster, costs more than it saves.
    const init: Init = {
      parseAs: "stream",
      fetch,
      headers: { accept, "accept-encoding": "identity" },
    };
    return answer(
      namespace === undefined ? all(api, query, init) : within(api, namespace, query, init),
      transport.server,
    );
  };

  return {
    async list({ limit, continueToken }: ListOptions, signal) {
      const query = {
        ...(limit !== undefined && { limit }),
        ...(continueToken !== undefined && { continue: continueToken }),
      };
      try {
        return await withDeadline(
          async (signal) =>
            decoder.decodeList(await read(query, decoder.accept.list, transport.fetch(signal))),
          { server: transport.server },
          signal,
        );
      } catch (error) {
        throw fromFetch(error, transport.server);
      }
    },

    async watch({ start, timeoutSeconds }: WatchOptions, signal) {
      const connection = transport.connect();
      const common = { watch: true, allowWatchBookmarks: true, timeoutSeconds };
      const query = start.from === "version"
        ? { ...common, resourceVersion: start.resourceVersion }
        : { ...common, sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" };
      try {
        const body = await read(query, decoder.accept.watch, connection.fetch(signal));
        return closing(decoder.decodeWatch(body), transport.server, () => connection.close());
      } catch (error) {
        connection.close();
        throw error;
      }
    },
  };
}

/** The same events; when they end, for whatever reason, so does the connection. */
async function* closing<T>(
  events: AsyncIterable<readonly WatchEvent<T>[]>,
  server: string,
  close: () => void,
): AsyncGenerator<readonly WatchEvent<T>[]> {
  try {
    yield* events;
  } catch (error) {
    throw fromFetch(error, server);
  } finally {
    close();
  }
}
