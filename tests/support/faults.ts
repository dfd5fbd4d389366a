/** Faults before a test's sandbox: refusals, lost races, and answers that no server gives. */

import type { Call, Fault } from "./front.ts";
import type { SandboxServer } from "./sandbox_server.ts";

/** An answer that says no, as an API server words it. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

export const UNAUTHORIZED: Refusal = { code: 401, reason: "Unauthorized", message: "Unauthorized" };
export const FORBIDDEN: Refusal = { code: 403, reason: "Forbidden", message: "forbidden" };
export const UNAVAILABLE: Refusal = { code: 503, reason: "ServiceUnavailable", message: "unavailable" };

/** No fault. */
export const PASS: Fault = (_call, next) => next();

/** Refuses the calls that `which` picks. */
export function refusing({ code, reason, message }: Refusal, which: (call: Call) => boolean): Fault {
  return (call, next) => {
    if (!which(call)) return next();
    const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
    return Response.json(status, { status: code });
  };
}

/** Whether a call reads a whole collection, by its plural. */
export function reading(resource: string): (call: Call) => boolean {
  return (call) => call.resource === resource && (call.verb === "list" || call.verb === "watch");
}

/** Refuses to show a collection from now on; its watches end as they do when their time is up. */
export function deny(server: SandboxServer, resource: string, refusal: Refusal): void {
  server.fault = refusing(refusal, reading(resource));
  server.endWatches(resource);
}

/** Does `act` before the first call of `verb`, and only then. */
export function once(verb: Call["verb"], act: () => void | Promise<void>): Fault {
  let isDone = false;
  return async (call, next) => {
    if (!isDone && call.verb === verb) {
      isDone = true;
      await act();
    }
    return await next();
  };
}

/** Shows the object of each answer that `which` picks as `alter` makes it. */
export function altering(
  which: (call: Call) => boolean,
  alter: (object: Record<string, unknown>) => unknown,
): Fault {
  return async (call, next) => {
    const answer = await next();
    return which(call) && answer.ok ? Response.json(alter(await answer.json()), answer) : answer;
  };
}

/** Tells other lines in place of each line of a watch. */
export function retelling(tell: (line: string, call: Call) => readonly string[]): Fault {
  return async (call, next) => {
    const answer = await next();
    if (!answer.ok || call.verb !== "watch") return answer;
    const retold = new TransformStream<string, string>({
      // Whole lines come together.
      transform(chunk, controller) {
        const lines = chunk.split("\n").slice(0, -1).flatMap((line) => tell(line, call));
        controller.enqueue(lines.map((line) => `${line}\n`).join(""));
      },
    });
    const body = answer.body!.pipeThrough(new TextDecoderStream()).pipeThrough(retold);
    return new Response(body.pipeThrough(new TextEncoderStream()), answer);
  };
}

/** Shows pods that no server would take, given as JSON: a full read brings these, and then nothing happens. */
export function showingPods(...pods: readonly string[]): Fault {
  return (call, next) => {
    if (call.resource !== "pods") return next();
    const bookmark = {
      kind: "Pod",
      apiVersion: "v1",
      metadata: { resourceVersion: "9", annotations: { "k8s.io/initial-events-end": "true" } },
    };
    const lines = [
      ...pods.map((pod) => `{"type":"ADDED","object":${pod.replaceAll("\n", " ")}}\n`),
      `${JSON.stringify({ type: "BOOKMARK", object: bookmark })}\n`,
    ];
    const isFirst = call.query.has("sendInitialEvents");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(isFirst ? lines.join("") : "")),
    });
    return new Response(body);
  };
}
