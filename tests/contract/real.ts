/** The contract's real server: a kube-apiserver with its etcd on loopback. */

import { type ControlPlane, startControlPlane } from "../cluster/control_plane.ts";
import { installDefinition, untilWatched } from "./install.ts";
import { type ContractServer, contractServer } from "./server.ts";
import { GROUP } from "./team.ts";

/** Starts an API server with the policies' definition installed. */
export async function startRealServer(): Promise<ContractServer> {
  await using started = new AsyncDisposableStack(); // undoes a start that fails half-way
  const cluster = started.use(await startControlPlane());
  const connect = () => Deno.createHttpClient({ caCerts: [cluster.caPem], http2: false });
  let client = connect();
  started.defer(() => client.close());

  const server = contractServer({
    name: "kube-apiserver",
    url: cluster.url,
    token: cluster.adminToken,
    send: (request) => fetch(request, { client, redirect: "error" }),
    async compact() {
      await compactEtcd(cluster, await currentVersion(server));
      client.close();
      // The API server answers from a cache of its own, which only a new start empties.
      await cluster.killApiServer();
      await cluster.startApiServer();
      client = connect();
      await untilWatched(server, "/api/v1/pods");
      await untilWatched(server, `${GROUP}/devopspolicies`);
    },
    dispose: () => running.disposeAsync(),
  });
  await installDefinition(server);
  const running = started.move();
  return server;
}

async function currentVersion(server: ContractServer): Promise<string> {
  const response = await server.request("GET", "/api/v1/namespaces?limit=1");
  return (await response.json()).metadata.resourceVersion;
}

/** Makes etcd forget all before `revision`, through its HTTP gateway. */
async function compactEtcd({ pids }: ControlPlane, revision: string): Promise<void> {
  const response = await fetch(`${await etcdUrl(pids.etcd)}/v3/kv/compaction`, {
    method: "POST",
    body: JSON.stringify({ revision, physical: true }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot compact etcd: ${response.status} ${text}`);
}

/** Whether the address of etcd can be found out here. */
export const canCompact = Deno.build.os === "linux";

async function etcdUrl(pid: number): Promise<string> {
  const args = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0");
  const flag = "--listen-client-urls=";
  const found = args.find((arg) => arg.startsWith(flag));
  if (found === undefined) throw new Error("Cannot find the address of etcd in its arguments");
  return found.slice(flag.length);
}
