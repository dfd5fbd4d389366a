/** A loopback server that knows as much of the Kubernetes API as the command line needs: one policy, some pods, one CRD. */

import type { DevOpsPolicy } from "../../lib/api/devops_policy.ts";
import { jsonPatched, mergePatched } from "./json_patch.ts";

type Json = Record<string, unknown>;

/** What is served; a collection that is undefined is a 404, as without its CRD. */
export interface ApiState {
  policy?: Json | undefined;
  pods?: readonly Json[];
  crd?: Json | undefined;
  /** Answers everything with this status instead. */
  refuseAll?: number;
  /** Is told of each request before it is answered, and may change the state. */
  before?: (request: string) => void;
}

/** A running server; `requests` holds `METHOD /path?query`. */
export interface SmallApiServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly string[];
  readonly state: ApiState;
}

/** Serves `state`, which clients change. */
export function smallApiServer(state: ApiState = {}): SmallApiServer {
  const requests: string[] = [];
  const open = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: open.signal, onListen() {} },
    async (request) => {
      const { pathname, search, searchParams } = new URL(request.url);
      requests.push(`${request.method} ${pathname}${search}`);
      state.before?.(`${request.method} ${pathname}`);
      if (state.refuseAll) return status(state.refuseAll);
      const initial = searchParams.has("sendInitialEvents");
      if (pathname.includes("/customresourcedefinitions")) return await answerCrd(state, request);
      if (request.method === "PATCH") return await patchPolicy(state, request);
      if (searchParams.has("limit") && state.crd !== undefined) {
        return Response.json({ metadata: { resourceVersion: "100" }, items: [] });
      }
      if (pathname.endsWith("/pods")) return watch(state.pods ?? [], initial, open.signal);
      return state.policy === undefined ? status(404) : watch([state.policy], initial, open.signal);
    },
  );
  const { port } = server.addr;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    state,
    async [Symbol.asyncDispose]() {
      open.abort();
      await server.finished;
    },
  };
}

async function answerCrd(state: ApiState, request: Request): Promise<Response> {
  const established = { status: { conditions: [{ type: "Established", status: "True" }] } };
  if (request.method === "POST") {
    if (state.crd !== undefined) return status(409, "AlreadyExists");
    const crd = await request.json() as Json;
    state.crd = { ...crd, ...established, metadata: { ...(crd.metadata as Json), resourceVersion: "1" } };
  } else if (request.method === "PATCH") {
    const patch = await request.json() as Record<string, Json>;
    const { resourceVersion } = state.crd?.metadata as Json;
    if (patch.metadata?.resourceVersion !== resourceVersion) return status(409);
    state.crd = mergePatched(state.crd, patch) as Json;
  }
  return state.crd === undefined ? status(404) : Response.json(state.crd);
}

async function patchPolicy(state: ApiState, request: Request): Promise<Response> {
  const body = await request.json();
  state.policy = Array.isArray(body)
    ? jsonPatched(state.policy, body)
    : mergePatched(state.policy, { status: (body as DevOpsPolicy).status }) as Json;
  const metadata = { ...(state.policy?.metadata as Json) };
  metadata.resourceVersion = String(Number(metadata.resourceVersion) + 1);
  state.policy = { ...state.policy, metadata };
  return Response.json(state.policy);
}

/** The objects as a watch's first part, if asked for; then silence until the client goes away or the server ends. */
function watch(objects: readonly Json[], initial: boolean, ended: AbortSignal): Response {
  const metadata = { resourceVersion: "100", annotations: { "k8s.io/initial-events-end": "true" } };
  const events = [
    ...objects.map((object) => ({ type: "ADDED", object })),
    { type: "BOOKMARK", object: { metadata } },
  ];
  const lines = initial ? events.map((event) => `${JSON.stringify(event)}\n`) : [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(lines.join("")));
      ended.addEventListener("abort", () => {
        try {
          controller.close();
        } catch {
          // The client has gone away before.
        }
      });
    },
  });
  return new Response(body, { headers: { "content-type": "application/json" } });
}

function status(
  code: number,
  reason = { 401: "Unauthorized", 404: "NotFound", 409: "Conflict" }[code] ?? "",
): Response {
  return Response.json({ kind: "Status", code, reason, message: reason }, { status: code });
}
