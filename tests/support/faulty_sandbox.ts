/** A sandbox behind a server that may answer in its place: for what an API server says no to, and what proxies do. */

import { systemClock } from "../../lib/cli/system_clock.ts";
import { type Sandbox, startSandbox } from "../../lib/sandbox/mod.ts";
import { selfSigned } from "../../lib/sandbox/server.ts";
import { KubeconfigFolder, oneContext } from "./kubeconfig_files.ts";

/** Answers a request itself, or has the sandbox do so. */
export type Fault = (
  request: Request,
  forward: (request: Request) => Promise<Response>,
) => Response | Promise<Response>;

/** A running sandbox with its faults. */
export interface FaultySandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly url: string;
  /** The path of a kubeconfig whose context "test" leads here. */
  readonly kubeconfig: string;
  /** What was asked: `METHOD /path?query`. */
  readonly requests: readonly string[];
  /** Sends one request to the sandbox itself, past all faults; the answer's JSON. */
  send(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

/** One certificate for all tests: making one is most of a start. */
const TLS = selfSigned();

/** Starts a sandbox; `fault` hears of every request. */
export async function faultySandbox(
  fault: Fault = (request, forward) => forward(request),
): Promise<FaultySandbox> {
  const sandbox = await startSandbox({ clock: systemClock, tls: TLS });
  const requests: string[] = [];
  const forward = (request: Request) => {
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${sandbox.token}`);
    const { url, method, body } = request;
    return sandbox.handler(new Request(url, { method, headers, body }));
  };
  const closing = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: closing.signal, onListen() {} },
    (request) => {
      const { pathname, search } = new URL(request.url);
      requests.push(`${request.method} ${pathname}${search}`);
      return fault(request, forward);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const folder = new KubeconfigFolder();
  return {
    sandbox,
    url,
    kubeconfig: folder.write("config", oneContext({ name: "test", cluster: { server: url } })),
    requests,
    async send(method, path, body) {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { "content-type": type };
      const response = await forward(new Request(url + path, { method, headers, ...init }));
      const answer = await response.json();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.message}`);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server.finished;
      await sandbox[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** A refusal in the API server's own form. */
export function refused(code: number, reason: string, message: string): Response {
  return Response.json({ kind: "Status", status: "Failure", code, reason, message }, { status: code });
}
