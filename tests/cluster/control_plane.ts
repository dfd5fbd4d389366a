// Starts a real kube-apiserver with its etcd on loopback, for tests against the true behaviour of Kubernetes.

import { join } from "node:path";
import { findBinaries } from "./binaries.ts";
import { type CertificatePair, createCertificateAuthority } from "../../lib/sandbox/certificates.ts";
import { apiServerArguments, etcdArguments, writeFiles } from "./configuration.ts";
import { type KubectlOptions, type KubectlResult, runKubectl } from "./kubectl.ts";
import { pickPorts, type ServerProcess, startProcess } from "./processes.ts";

const READY_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** What can be chosen about a control plane. */
export interface ControlPlaneOptions {
  /** Further arguments of the API server, such as `--feature-gates=WatchList=false`. */
  readonly apiServerArgs?: readonly string[];
}

/** A running API server and etcd, without controllers, scheduler or kubelets. Disposing of it leaves nothing. */
export interface ControlPlane extends AsyncDisposable {
  /** The API server's address, without a slash at the end; a restart keeps it. */
  readonly url: string;
  /** The certificate authority behind the server's certificate, as PEM and as a file. */
  readonly caPem: string;
  readonly caFile: string;
  /** A bearer token that may do everything. */
  readonly adminToken: string;
  /** A kubeconfig file, in which the context "test" is the admin. */
  readonly kubeconfig: string;
  /** The temporary folder of this control plane. */
  readonly dir: string;
  /** The processes that run now; the API server's is undefined while it is stopped. */
  readonly pids: { readonly etcd: number; readonly apiServer: number | undefined };
  /** Runs kubectl as the admin; a failure is a result, not an exception. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** Sends one request as the admin; a PATCH is a merge patch unless `headers` say otherwise. */
  request(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Response>;
  /** Issues a certificate that authenticates as `user` in `groups`. */
  clientCertificate(user: string, groups?: readonly string[]): CertificatePair;
  /** Ends the API server in an orderly way, with SIGTERM; etcd goes on. */
  stopApiServer(): Promise<void>;
  /** Ends the API server with SIGKILL, as a crash would; etcd goes on. */
  killApiServer(): Promise<void>;
  /**
   * Starts the API server again, at the same address and on the same etcd, and waits until it is ready; `more` arguments are
   * its alone, until it is stopped.
   */
  startApiServer(more?: readonly string[]): Promise<void>;
}

/**
 * Starts etcd and an API server in a temporary folder and waits until both are ready and the namespace `default` exists.
 * @throws if the executables cannot be found or built, or if a server does not get ready within a minute.
 */
export async function startControlPlane(
  { apiServerArgs = [] }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const binaries = await findBinaries();
  await using started = new AsyncDisposableStack(); // undoes a start that fails half-way
  const dir = await Deno.makeTempDir({ prefix: "kube-devops-cluster-" });
  started.defer(() => Deno.remove(dir, { recursive: true }));

  const [apiPort, clientPort, peerPort] = pickPorts(3);
  const url = `https://127.0.0.1:${apiPort}`;
  const etcdUrl = `http://127.0.0.1:${clientPort}`;
  const authority = createCertificateAuthority();
  const adminToken = crypto.randomUUID();
  const kubeconfig = await writeFiles(dir, url, authority, adminToken);

  const etcdArgs = etcdArguments(dir, etcdUrl, `http://127.0.0.1:${peerPort}`);
  const etcd = await startProcess("etcd", binaries.etcd, etcdArgs, join(dir, "etcd.log"));
  started.defer(() => etcd.stop());
  await etcd.waitUntil(() => answersOk((signal) => fetch(`${etcdUrl}/health`, { signal })), READY_TIMEOUT_MS);

  let apiServer: ServerProcess | undefined;
  let client: Deno.HttpClient | undefined;

  function send(path: string, init: RequestInit): Promise<Response> {
    client ??= Deno.createHttpClient({ caCerts: [authority.certPem], http2: false });
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${adminToken}`);
    return fetch(url + path, { ...init, client, headers, redirect: "error" });
  }

  function request(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Response> {
    if (body === undefined) return send(path, { method, headers: headers ?? {} });
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const typed = new Headers(headers);
    if (!typed.has("content-type")) typed.set("content-type", type);
    return send(path, { method, headers: typed, body: JSON.stringify(body) });
  }

  async function startApiServer(more: readonly string[] = []): Promise<void> {
    if (apiServer) throw new Error("The API server runs already");
    const args = [...apiServerArguments(dir, `${apiPort}`, etcdUrl), ...apiServerArgs, ...more];
    const log = join(dir, "kube-apiserver.log");
    apiServer = await startProcess("kube-apiserver", binaries.kubeApiserver, args, log);
    for (const path of ["/readyz", "/api/v1/namespaces/default"]) {
      await apiServer.waitUntil(() => answersOk((signal) => send(path, { signal })), READY_TIMEOUT_MS);
    }
  }

  async function endApiServer(how: "stop" | "kill"): Promise<void> {
    const ending = apiServer;
    apiServer = undefined;
    client?.close(); // its connections end with the server
    client = undefined;
    await ending?.[how]();
  }

  started.defer(() => endApiServer("stop"));
  await startApiServer();

  const running = started.move();
  return {
    url,
    caPem: authority.certPem,
    caFile: join(dir, "ca.crt"),
    adminToken,
    kubeconfig,
    dir,
    get pids() {
      return { etcd: etcd.pid, apiServer: apiServer?.pid };
    },
    kubectl: (args, options) => runKubectl(binaries.kubectl, dir, kubeconfig, args, options),
    request,
    clientCertificate: (user, groups = []) => authority.issueClient(user, groups),
    stopApiServer: () => endApiServer("stop"),
    killApiServer: () => endApiServer("kill"),
    startApiServer,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Whether a request is answered, and with success; a server that is not listening yet does not answer. */
async function answersOk(send: (signal: AbortSignal) => Promise<Response>): Promise<boolean> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), REQUEST_TIMEOUT_MS);
  try {
    const response = await send(abort.signal);
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    if (error instanceof TypeError || abort.signal.aborted) return false;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
