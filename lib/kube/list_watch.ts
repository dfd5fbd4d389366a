/** Lists and watches: one collection of one API server, behind the port that the runtime reads it through. */

import type { DevOpsPolicy } from "../api/devops_policy.ts";
import type { PodFacts } from "../api/pod_facts.ts";
import { toPodFacts } from "../api/pod_json.ts";
import type { CollectionOptions, ListOptions, ListWatch, WatchEvent, WatchOptions } from "../api/ports.ts";
import type { Body } from "./body_buffer.ts";
import { answer, type ApiClient, type ClientFetch, createApiClient, toClientFetch } from "./client.ts";
import type { Decoder } from "./decoder.ts";
import { withDeadline } from "./deadline.ts";
import { jsonDecoder } from "./json_decoder.ts";
import { fromFetch } from "./network_errors.ts";
import { toDevOpsPolicy } from "./policy_decoder.ts";
import { protobufDecoder } from "./protobuf_decoder.ts";
import { refusalsToJson } from "./protobuf_refusals.ts";
import { FactsPool } from "./facts_pool.ts";
import type { Fetch, Transport } from "./transport.ts";

/** One collection of a server, whole or of one namespace. */
type Collection<T> = (options: CollectionOptions) => ListWatch<T>;

/** The pods, as facts; in protobuf, unless that has turned out to be none. */
export function podCollection(transport: Transport): Collection<PodFacts> {
  const pool = new FactsPool();
  let isProtobufSound = true;
  return (options) => {
    const { onUnreadable } = options;
    const json = jsonDecoder({ toObject: (json) => toPodFacts(json, pool), onUnreadable });
    const onMalformed = () => void (isProtobufSound = false);
    const protobuf = protobufDecoder({ pool, onUnreadable, onMalformed });
    return listWatch(transport, () => isProtobufSound ? [protobuf, json] : [json], {
      all: (api, query, init) => api.GET("/api/v1/pods", { params: { query }, ...init }),
      within: (api, namespace, query, init) =>
        api.GET("/api/v1/namespaces/{namespace}/pods", { params: { path: { namespace }, query }, ...init }),
      ...options,
    });
  };
}

/** The policies; custom resources have no form but JSON. */
export function policyCollection(transport: Transport): Collection<DevOpsPolicy> {
  return (options) => {
    const { onUnreadable } = options;
    const json = jsonDecoder({ toObject: toDevOpsPolicy, onUnreadable });
    return listWatch(transport, () => [json], {
      all: (api, query, init) =>
        api.GET("/apis/devops.stochastic.io/v1/devopspolicies", { params: { query }, ...init }),
      within: (api, namespace, query, init) =>
        api.GET("/apis/devops.stochastic.io/v1/namespaces/{namespace}/devopspolicies", {
          params: { path: { namespace }, query },
          ...init,
        }),
      ...options,
    });
  };
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
  readonly fetch: ClientFetch;
}

type Call = Promise<{ data?: Body | null; error?: unknown; response: Response }>;

interface Calls extends Pick<CollectionOptions, "namespace" | "name"> {
  readonly all: (api: ApiClient, query: Query, init: Init) => Call;
  readonly within: (api: ApiClient, namespace: string, query: Query, init: Init) => Call;
}

/** @param decoders of the forms to ask for, the best first; the last one reads whatever no other does */
function listWatch<T>(
  transport: Transport,
  decoders: () => readonly Decoder<T>[],
  { all, within, namespace, name }: Calls,
): ListWatch<T> {
  const api = createApiClient(transport);
  api.use(refusalsToJson);
  const selected = name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
  const read = async (options: Query, what: "list" | "watch", fetch: Fetch) => {
    const query = { ...options, ...selected };
    const asked = decoders();
    const accept = asked.map((decoder) => decoder.accept[what]).join(", ");
    // Compressing and decompressing on one machine, or within one cluster, costs more than it saves.
    const init: Init = {
      parseAs: "stream",
      fetch: toClientFetch(fetch),
      headers: { accept, "accept-encoding": "identity" },
    };
    const call = namespace === undefined ? all(api, query, init) : within(api, namespace, query, init);
    const body = await answer(call, transport.server);
    const { response } = await call;
    const type = response.headers.get("content-type") ?? "";
    return { body, decoder: asked.find(({ mediaType }) => type.startsWith(mediaType)) ?? asked.at(-1)! };
  };

  return {
    async list({ limit, continueToken }: ListOptions, signal) {
      const query = { limit, ...(continueToken !== undefined && { continue: continueToken }) };
      try {
        return await withDeadline(
          async (signal) => {
            const { body, decoder } = await read(query, "list", transport.fetch(signal));
            return await decoder.decodeList(body);
          },
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
        const { body, decoder } = await read(query, "watch", connection.fetch(signal));
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
