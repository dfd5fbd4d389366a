/** A model of a Kubernetes API server for trying and testing: in memory, on loopback, and not an API server. */

import { type Clock, toTimestamp } from "../api/clock.ts";
import { CRDS } from "./crds.ts";
import { EVENTS } from "./events.ts";
import { handle, type Server } from "./handler.ts";
import { type Key, type KubeObject, withMetadata } from "./kube_object.ts";
import { LEASES } from "./leases.ts";
import { FIRST_NAMESPACES, NAMESPACES } from "./namespaces.ts";
import { PODS } from "./pods.ts";
import { Registry } from "./registry.ts";
import { listen, selfSigned, type Tls, toKubeconfig } from "./server.ts";
import { UNUSED_KINDS } from "./unused_kinds.ts";

/** What can be chosen about a sandbox. */
export interface SandboxOptions {
  /** Tells what time it is for timestamps, and when watches end. */
  readonly clock: Clock;
  /** Of 127.0.0.1; a free one when it is 0 or left out. */
  readonly port?: number;
  /** What clients send to be let in; a random one when left out. */
  readonly token?: string;
  /** PEM; a certificate made for the occasion when left out. Off is for clients that send a token all the same. */
  readonly tls?: Tls | "off";
}

/** The server itself: no port, no TLS. Disposing of it ends all watches. */
export interface SandboxServer extends Disposable {
  /** Answers a request; it never throws. */
  readonly handler: (request: Request) => Promise<Response>;
  /**
   * Stores copies of a pod, each with a uid of its own, as what a template makes is all alike: 20,000 pods in the time
   * that creating 1,000 takes.
   *
   * @throws {RangeError} when there is no such pod
   */
  replicate(pod: Key, copies: Iterable<Key>): void;
  /** Forgets what has happened, as a real server does after minutes: older resource versions are gone (410). */
  compact(): void;
}

/** A running sandbox. Disposing of it ends all watches and leaves nothing behind. */
export interface Sandbox extends Omit<SandboxServer, typeof Symbol.dispose>, AsyncDisposable {
  /** For example `https://127.0.0.1:41234`. */
  readonly url: string;
  readonly token: string;
  /** The text of a kubeconfig whose context "sandbox" leads here. */
  readonly kubeconfig: string;
}

/**
 * Starts a sandbox with the namespaces that every cluster has, and nothing else.
 *
 * @throws when the port is taken
 */
export async function startSandbox(
  { clock, port = 0, token = crypto.randomUUID(), tls = selfSigned() }: SandboxOptions,
): Promise<Sandbox> {
  const server = createSandbox({ clock, token });
  const { handler, replicate, compact } = server;
  const shown = tls === "off" ? undefined : tls;
  const listener = await listen(handler, port, shown);
  return {
    url: listener.url,
    token,
    kubeconfig: toKubeconfig(listener.url, token, shown?.ca),
    handler,
    replicate,
    compact,
    async [Symbol.asyncDispose]() {
      server[Symbol.dispose]();
      await listener.close();
    },
  };
}

/** Makes a sandbox that listens nowhere: for whoever hands it requests without a network between. */
export function createSandbox(
  { clock, token }: { readonly clock: Clock; readonly token: string },
): SandboxServer {
  const registry = new Registry([NAMESPACES, PODS, EVENTS, CRDS, LEASES, ...UNUSED_KINDS]);
  const server: Server = { clock, token, registry, watches: new Set() };
  for (const name of FIRST_NAMESPACES) registry.of(NAMESPACES).store.put(firstNamespace(name, clock));
  return {
    handler: (request) => handle(request, server),
    replicate(pod, copies) {
      const { store } = registry.of(PODS);
      const original = store.get(pod);
      if (original === undefined) throw new RangeError(`there is no pod ${pod.namespace}/${pod.name}`);
      for (const { namespace, name } of copies) {
        store.put(withMetadata(original, { namespace, name, uid: crypto.randomUUID() }));
      }
    },
    compact() {
      for (const { store } of registry.all()) store.history.compact(registry.versions.current);
    },
    [Symbol.dispose]() {
      for (const watch of [...server.watches]) watch.end();
    },
  };
}

function firstNamespace(name: string, clock: Clock): KubeObject {
  const metadata = { name, uid: crypto.randomUUID(), creationTimestamp: toTimestamp(clock.now()) };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata } as unknown as KubeObject;
  return NAMESPACES.complete!(namespace, undefined);
}
