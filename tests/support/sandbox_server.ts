/** A sandbox on loopback for tests: with an admin's hands, a record of what clients ask, and faults before its answers. */

import type { Clock } from "../../lib/api/clock.ts";
import type { Credentials } from "../../lib/kube/credentials.ts";
import { startSandbox } from "../../lib/sandbox/mod.ts";
import { selfSigned } from "../../lib/sandbox/server.ts";
import type { KubeObject } from "../contract/object.ts";
import { type ContractServer, contractServer } from "../contract/server.ts";
import { call, type CallOptions } from "../contract/team.ts";
import { type Call, type Fault, Front } from "./front.ts";
import { BROKEN, Traffic } from "./traffic.ts";

/** What can be chosen about a server. */
export interface ServerOptions {
  readonly clock: Clock;
  readonly traffic?: Traffic;
  /** Whether to let in who sends no token, as `kubectl proxy` does: a kubeconfig's is sent over TLS only. */
  readonly asProxy?: boolean;
}

/** What a server is made of. */
export interface Parts {
  readonly url: string;
  readonly front: Front;
  readonly traffic: Traffic;
  readonly admin: ContractServer;
}

/** One certificate for all tests of a process: making one is most of a start. */
const TLS = selfSigned();
const TOKEN = "test-token";
const AUTHORIZATION = { authorization: `Bearer ${TOKEN}` };
/** A proxy that is not there: it keeps a client from every server. */
const NOWHERE = "http://127.0.0.1:1";

/** A running server. What the admin does takes no turn of the event loop. */
export class SandboxServer implements AsyncDisposable {
  readonly url: string;
  /** The admin's, for clients in this process. */
  readonly credentials: Credentials;
  /** Whether the network of who uses {@linkcode credentials} is down: no new connection arrives. */
  isCutOff = false;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.url = parts.url;
    const access = { headers: AUTHORIZATION, tls: { ca: undefined, client: undefined } };
    this.credentials = {
      server: parts.url,
      origin: 'context "sandbox"',
      renews: false,
      trustsSystem: false,
      access: () => Promise.resolve(this.isCutOff ? { ...access, proxy: NOWHERE } : access),
      rejected() {},
    };
  }

  /** Starts an empty one. */
  static async start<Self extends SandboxServer>(
    this: new (parts: Parts) => Self,
    { clock, traffic = new Traffic(), asProxy = false }: ServerOptions,
  ): Promise<Self> {
    const sandbox = await startSandbox({ clock, token: TOKEN, tls: TLS });
    const front = new Front(
      asProxy ? (request) => sandbox.handler(admitted(request)) : sandbox.handler,
      clock,
    );
    const closing = new AbortController();
    const listener = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: closing.signal,
      onListen() {},
      onError(error) {
        if (error !== BROKEN) console.error("A test's server failed:", error);
        return new Response(null, { status: 500 });
      },
    }, traffic.serve((request) => front.handle(request)));
    const url = `http://127.0.0.1:${listener.addr.port}`;
    const admin = contractServer({
      name: "sandbox",
      url,
      token: TOKEN,
      send: sandbox.handler,
      compact: undefined,
      async dispose() {
        closing.abort();
        await listener.finished;
        await sandbox[Symbol.asyncDispose]();
      },
    });
    return new this({ url, front, traffic, admin });
  }

  /** What becomes of the calls of clients, from the next one on. */
  set fault(fault: Fault) {
    this.#parts.front.fault = fault;
  }

  /** All calls of clients, in order. */
  get calls(): readonly Call[] {
    return this.#parts.front.calls;
  }

  /** Ends the watches of a resource, as a server does when their time is up, or breaks their connections. */
  endWatches(resource: string, how: "ended" | "broken" = "ended"): void {
    this.#parts.traffic.endWatches(resource, how);
  }

  /** Lets the watches of a resource say nothing, as slow ones do, until {@linkcode deliver}. */
  withhold(resource: string): void {
    this.#parts.traffic.withhold(resource);
  }

  deliver(resource: string): void {
    this.#parts.traffic.deliver(resource);
  }

  /** What the admin asks for, and must be granted. */
  send(method: string, path: string, body?: unknown, options?: CallOptions): Promise<KubeObject> {
    return call(this.#parts.admin, method, path, body, options);
  }

  /** The object at a path; undefined when there is none. */
  async find(path: string): Promise<KubeObject | undefined> {
    const response = await this.#parts.admin.request("GET", path);
    return response.ok ? await response.json() : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.admin[Symbol.asyncDispose]();
  }
}

/** The same request in the admin's name. */
function admitted(request: Request): Request {
  return new Request(request, { headers: { ...Object.fromEntries(request.headers), ...AUTHORIZATION } });
}
