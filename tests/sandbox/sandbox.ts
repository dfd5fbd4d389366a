// A sandbox under a clock that the test owns, and a client that talks to it without a port.

import assert from "node:assert/strict";
import { parse } from "yaml";
import { policyCrd } from "../../lib/policy/crd.ts";
import { type Sandbox, startSandbox } from "../../lib/sandbox/mod.ts";
import { selfSigned } from "../../lib/sandbox/server.ts";
import { ManualClock, settled } from "../support/manual_clock.ts";

// deno-lint-ignore no-explicit-any -- whatever a server answers
export type Any = any;

/** One certificate for all tests: making one is most of a start. */
const TLS = selfSigned();

/** What the client asks for, beside the path. */
export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A sandbox with a client. */
export interface TestSandbox extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly sandbox: Sandbox;
  /** The answer as it is. */
  send(path: string, asked?: Asked): Promise<Response>;
  /** The JSON of an answer, whose code must be this. */
  call(path: string, asked?: Asked, code?: number): Promise<Any>;
  /** Creates an object at a path. */
  create(path: string, body: object): Promise<Any>;
  /** Opens a watch. */
  watch(path: string, headers?: Readonly<Record<string, string>>): Promise<TestWatch>;
}

/** A watch whose events come as they are asked for. */
export interface TestWatch extends AsyncDisposable {
  /** All that has been sent by now. */
  events(): Promise<readonly { readonly type: string; readonly object: Any }[]>;
  readonly isOver: boolean;
}

export const POLICIES = "/apis/devops.stochastic.io/v1/namespaces/default/devopspolicies";
export const PODS = "/api/v1/namespaces/default/pods";

/** What clients of a sandbox trust. */
export function caOf({ kubeconfig }: Sandbox): string {
  const { clusters: [{ cluster }] } = parse(kubeconfig);
  return atob(cluster["certificate-authority-data"]);
}

/** Starts a sandbox, with the definition of policies if it is wanted. */
export async function startTest({ crd = false } = {}): Promise<TestSandbox> {
  const clock = new ManualClock();
  const sandbox = await startSandbox({ clock, token: "secret", tls: TLS });
  const test: TestSandbox = {
    clock,
    sandbox,
    send(path, { method = "GET", body, headers = {} } = {}) {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const request = new Request(`https://sandbox${path}`, {
        method,
        headers: { authorization: "Bearer secret", "user-agent": "test/1", "content-type": type, ...headers },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      });
      return sandbox.handler(request);
    },
    async call(path, asked, code = 200) {
      const response = await test.send(path, asked);
      const text = await response.text();
      assert.equal(response.status, code, `${asked?.method ?? "GET"} ${path}: ${text}`);
      return JSON.parse(text);
    },
    create: (path, body) => test.call(path, { method: "POST", body }, 201),
    async watch(path, headers = {}) {
      const response = await test.send(path, { headers });
      assert.equal(response.status, 200);
      return reading(response.body!);
    },
    async [Symbol.asyncDispose]() {
      await sandbox[Symbol.asyncDispose]();
      assert.equal(clock.pending, 0, "the sandbox is gone and left timers behind");
    },
  };
  if (crd) await test.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", policyCrd());
  return test;
}

function reading(body: ReadableStream<Uint8Array>): TestWatch {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const events: { type: string; object: Any }[] = [];
  let isOver = false;
  const loop = (async () => {
    let rest = "";
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop()!;
      events.push(...lines.map((line) => JSON.parse(line)));
    }
    isOver = true;
  })();
  return {
    async events() {
      // A line passes through several streams, each of which takes its turn.
      for (let turn = 0; turn < 5; turn++) await settled();
      return events.splice(0);
    },
    get isOver() {
      return isOver;
    },
    async [Symbol.asyncDispose]() {
      await reader.cancel();
      await loop;
    },
  };
}

/** A policy to be created. */
export function policy(name: string, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: "devops.stochastic.io/v1",
    kind: "DevOpsPolicy",
    metadata: { name, ...metadata },
    spec,
  };
}

/** A pod to be created. */
export function pod(name: string, metadata: object = {}, spec: object = {}): object {
  return {
    metadata: { name, ...metadata },
    spec: { containers: [{ name: "app", image: "app:1" }], ...spec },
  };
}

/** Events in short: `ADDED web`. */
export function told(events: readonly { readonly type: string; readonly object: Any }[]): readonly string[] {
  return events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ""}`.trim());
}
