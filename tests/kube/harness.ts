/** What the tests of this folder share: a transport to a scripted server, and assertions on errors. */

import assert from "node:assert/strict";
import { ConnectionError, type ConnectionProblem, CredentialsError } from "../../lib/api/errors.ts";
import type { Access, Credentials } from "../../lib/kube/credentials.ts";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import type { PluginSurroundings } from "../../lib/kube/kubeconfig/plugin.ts";
import { Transport, type TransportOptions } from "../../lib/kube/transport.ts";
import { certificate } from "../support/certificates/mod.ts";
import type { KubeconfigFolder } from "../support/kubeconfig_files.ts";
import { LoopbackServer, type Reply, type ServerOptions } from "../support/loopback_server.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import { toGet } from "../support/wire.ts";
import { type Answer } from "../../lib/kube/wire.ts";

// Off by default: a test that leaves a connection, a file or a timer behind fails.
Deno.test.sanitizer({ ops: true, resources: true });

/** Credentials that the test changes under way. */
export class TestCredentials implements Credentials {
  readonly server: string;
  readonly origin = 'context "test"';
  readonly renews = true;
  readonly trustsSystem = false;
  token: string | undefined = "secret-token";
  tls: Access["tls"] = { ca: undefined, client: undefined };
  /** How often the server's rejection was told. */
  rejections = 0;
  /** What a rejection leads to. */
  onRejected: () => void = () => {};

  constructor(server: string) {
    this.server = server;
  }

  access(): Promise<Access> {
    const headers = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    return Promise.resolve({ headers, tls: this.tls });
  }

  rejected(): void {
    this.rejections++;
    this.onRejected();
  }
}

/** What requests go over: with a proxy, and without one. */
export const WIRES = ["the runtime's client", "a socket"] as const;
export type WireName = (typeof WIRES)[number];

/** What a test of the transport works with. */
export interface Served {
  readonly server: LoopbackServer;
  readonly credentials: TestCredentials;
  readonly transport: Transport;
  /** Aborts when the test says so. */
  readonly controller: AbortController;
  readonly signal: AbortSignal;
}

type Options = ServerOptions & Partial<Omit<TransportOptions, "credentials">> & { readonly wire?: WireName };

type Serving = (...args: Parameters<typeof serving>) => Promise<void>;

/** How a test says that the runtime's client serves watches, too, since there may be a proxy. */
export function through(isProxied: boolean): string {
  return isProxied ? ", through the runtime's client" : "";
}

/** What has a transport ask over that wire. */
export function optionsFor(wire: WireName): Pick<TransportOptions, "isProxied"> {
  return { isProxied: wire !== "a socket" };
}

/** A test that has to pass on both wires; its `serving` is that of this file, on one of them. */
export function testOnWires(
  name: string,
  test: (serving: Serving, wire: WireName) => Promise<void>,
): void {
  for (const wire of WIRES) {
    Deno.test(`${name}, on ${wire}`, () =>
      test((script, run, options) => serving(script, run, { ...options, wire }), wire));
  }
}

/** Runs `test` against a server that plays `script`; the test fails unless all of the script is asked for. */
export async function serving(
  script: readonly Reply[],
  test: (served: Served) => Promise<void>,
  { tls, wire = "a socket", ...options }: Options = {},
): Promise<void> {
  await using server = await LoopbackServer.start(script, tls === undefined ? {} : { tls });
  const credentials = new TestCredentials(server.url);
  if (tls !== undefined) credentials.tls = { ca: certificate("ca").cert, client: undefined };
  const transport = new Transport({
    credentials,
    userAgent: "kube-devops/test",
    ...optionsFor(wire),
    ...options,
  });
  const controller = new AbortController();
  try {
    await test({ server, credentials, transport, controller, signal: controller.signal });
  } finally {
    controller.abort();
    transport.close();
  }
  assert.equal(server.requests.length, script.length, "not all of the script was asked for");
}

/** The credentials of a kubeconfig with that content, in `folder`. */
export function credentialsFrom(
  folder: KubeconfigFolder,
  content: string | object,
  { context, ...surroundings }: PluginSurroundings & { readonly context?: string } = {},
): Promise<Credentials> {
  return kubeconfigCredentials({ ...surroundings, paths: [folder.write("config", content)], context });
}

/** The first access of such a kubeconfig. */
export async function accessFrom(...args: Parameters<typeof credentialsFrom>): Promise<Access> {
  return await (await credentialsFrom(...args)).access();
}

/** GETs `path` with those credentials, and gives what a transport makes of the answer. */
export async function getWith(credentials: Credentials, path = "/version"): Promise<unknown> {
  const transport = new Transport({ credentials, userAgent: "kube-devops/test" });
  try {
    const response = await transport.fetch(new AbortController().signal)(
      toGet(credentials.server + path),
    );
    return await response.json();
  } finally {
    transport.close();
  }
}

/** Sends a GET for `path`. */
export function get({ transport, signal }: Served, path = "/version"): Promise<Answer> {
  return transport.fetch(signal)(toGet(transport.server + path));
}

/** For `assert.rejects`: a connection error of that kind, told on one line that matches `words`. */
export function connectionError(problem: ConnectionProblem, words: RegExp): (error: unknown) => true {
  return (error) => {
    assert(error instanceof ConnectionError, `${error} is no ConnectionError`);
    assert.equal(error.problem, problem, error.message);
    assert.match(error.message, words);
    assertOneLine(error.message);
    return true;
  };
}

/** For `assert.rejects`: a credentials error told in one line that matches `words`, without a stack. */
export function credentialsError(words: RegExp): (error: unknown) => true {
  return (error) => {
    assert(error instanceof CredentialsError, `${error} is no CredentialsError`);
    assert.match(error.message, words);
    assertOneLine(error.message);
    return true;
  };
}

function assertOneLine(message: string): void {
  assert.doesNotMatch(message, /[\r\n]/);
  assert.doesNotMatch(message, /\bat \S+ \(|TypeError|undefined|\[object/);
  assert.match(message, /\.$/);
}

/** Resolves once `condition` holds, which network and file system decide; fails after ten seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const start = performance.now(); !condition();) {
    assert(performance.now() - start < PATIENCE_MS, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
