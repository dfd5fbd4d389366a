/** The operator in this process, on clocks that run many times faster: an outage of ten minutes takes as many seconds. */

import assert from "node:assert/strict";
import type { Clock } from "../../lib/api/clock.ts";
import { Line } from "../../lib/api/line.ts";
import type { Logger } from "../../lib/api/logger.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { explain } from "../../lib/kube/explain.ts";
import { isHopeless } from "../../lib/kube/hopeless.ts";
import { kubeconfigCredentials } from "../../lib/kube/kubeconfig.ts";
import { Transport } from "../../lib/kube/transport.ts";
import { runOperator } from "../../lib/operator/run.ts";
import { SYSTEM_NAMESPACES } from "../../lib/policy/namespaces.ts";
import { eventually } from "../cluster/eventually.ts";
import type { LogRecord } from "../cluster/operator_process.ts";
import type { Subject } from "./subject.ts";

/** A clock that runs `speed` times as fast as time does. */
class HurriedClock implements Clock {
  readonly #speed: number;
  readonly #startedAt = Date.now();
  #pending = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#startedAt + (Date.now() - this.#startedAt) * this.#speed;
  }

  monotonic(): number {
    return performance.now() * this.#speed;
  }

  after(ms: number, callback: () => void): () => void {
    this.#pending++;
    let isSet = true;
    const unset = () => {
      if (isSet) this.#pending--;
      isSet = false;
    };
    const timer = setTimeout(() => {
      unset();
      callback();
    }, ms / this.#speed);
    return () => {
      unset();
      clearTimeout(timer);
    };
  }
}

/** Starts it with a kubeconfig, on one namespace. */
export async function startHurried(
  { kubeconfig, namespace, speed }: { kubeconfig: string; namespace: string; speed: number },
): Promise<Subject> {
  const clock = new HurriedClock(speed);
  const credentials = await kubeconfigCredentials({ paths: [kubeconfig], context: undefined });
  const transport = new Transport({ credentials, userAgent: "kube-devops/test" });
  const records: LogRecord[] = [];
  const at = (level: keyof Logger) => (message: string, properties = {}) =>
    void records.push({ level: level.toUpperCase(), message, ...properties });
  const stopping = new AbortController();
  const ended = runOperator({
    cluster: httpCluster(transport, clock, { line: new Line() }),
    clock,
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    version: "0.0.0-test",
    namespaces: [namespace],
    systemNamespaces: SYSTEM_NAMESPACES,
    requeueMs: 30_000,
    listenOn: { hostname: "127.0.0.1", port: 0 },
    memory: () => Deno.memoryUsage(),
    explain: (error, what) => explain(error, credentials, what),
    isHopeless: (error) => isHopeless(error, credentials),
    onStatus() {},
  }, stopping.signal);
  const finished = ended.then(() => "", (error) => String(error?.stack ?? error)).then((stderr) => {
    transport.close();
    return { code: stderr === "" ? 0 : 4, stdout: "", stderr };
  });
  const get: Subject["get"] = async (path) => {
    const serving = records.find(({ message }) => message === "serving health and metrics");
    const response = await fetch(`http://${serving!["address"]}${path}`);
    return { status: response.status, body: await response.text() };
  };
  const end: Subject["end"] = async () => {
    stopping.abort();
    const left = await finished;
    assert.equal(clock.pending, 0, "timers left behind");
    return left;
  };
  return {
    pid: undefined,
    log: records,
    stderr: () => "",
    now: () => clock.now(),
    get,
    finished,
    end,
    ready: () =>
      eventually(async () => (await get("/readyz")).status === 200, { within: 20_000, what: "readiness" }),
    [Symbol.asyncDispose]: async () => void await end("SIGTERM"),
  };
}
