/** An open watch, read one event at a time; it waits a while for an event, and no longer. */

import { patiently } from "../support/patience.ts";
import type { KubeObject } from "./object.ts";

/** One line of a watch. */
export interface WatchedEvent {
  readonly type: string;
  readonly object: KubeObject;
}

/** Reads a watch. Disposing of it ends it. */
export interface Watch extends AsyncDisposable {
  /** The next event; undefined when the server has ended the stream. */
  next(): Promise<WatchedEvent | undefined>;
  /** The next `count` events; throws when the stream ends before. */
  take(count: number): Promise<WatchedEvent[]>;
  /** All events until the server ends the stream. */
  rest(): Promise<WatchedEvent[]>;
}

/** A watch that begins with all there is, as the operator opens it. */
export const INITIAL = {
  sendInitialEvents: "true",
  resourceVersionMatch: "NotOlderThan",
  allowWatchBookmarks: "true",
};

/** An event in one word for each part: what happened, to what. */
export function brief({ type, object: { metadata } }: WatchedEvent): string {
  return `${type} ${metadata.name}`;
}

/** Whether an event is the bookmark after the initial events. */
export function isInitialEnd({ type, object }: WatchedEvent): boolean {
  return type === "BOOKMARK" && object.metadata.annotations?.["k8s.io/initial-events-end"] === "true";
}

/** Reads the events of an accepted watch; `what` names it in errors. */
export async function openWatch(response: Response, what: string): Promise<Watch> {
  if (!response.ok) throw new Error(`watch ${what}: ${response.status} ${await response.text()}`);
  if (response.body === null) throw new Error(`watch ${what}: no body`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";

  async function next(): Promise<WatchedEvent | undefined> {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return JSON.parse(line);
      }
      const { value, done } = await patiently(reader.read(), () => `an event of ${what}`);
      if (done && text !== "") throw new Error(`watch ${what} ended in the middle of an event: ${text}`);
      if (done) return undefined;
      text += value;
    }
  }

  return {
    next,
    async take(count) {
      const events: WatchedEvent[] = [];
      while (events.length < count) {
        const event = await next();
        if (event === undefined) throw new Error(`watch ${what} ended after ${events.length} events`);
        events.push(event);
      }
      return events;
    },
    async rest() {
      const events: WatchedEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) events.push(event);
      return events;
    },
    [Symbol.asyncDispose]: () => reader.cancel(),
  };
}
