/** Logs on stderr: one line a record, as text for a person or as JSON for a machine. */

import {
  configure,
  dispose,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type LogLevel,
  type LogRecord,
  type Sink,
  type TextFormatter,
} from "@logtape/logtape";
import type { Clock } from "../api/clock.ts";
import type { Logger } from "../api/logger.ts";
import { escapeText } from "../api/text.ts";
import { LineBuffer } from "./line_buffer.ts";
import type { TextOutput } from "./output.ts";

/** How to log. */
export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: "debug" | "info" | "warn" | "error";
}

/** Longer values are cut: a log line is read by people and by systems with limits. */
const MAX_VALUE_LENGTH = 1_000;
/** Said in place of lines that nobody was there to read. */
const DROPPED = "lines of the log were dropped, its reader is too slow";
/** The events of an error that nobody catches. */
const UNCAUGHT = ["error", "unhandledrejection"];

/** Starts logging to `output`. Closing it waits until all has been written. */
export async function startLogging(
  { format, level }: LogOptions,
  output: TextOutput,
  clock: Pick<Clock, "now" | "after">,
): Promise<{ readonly log: Logger; close(): Promise<void> }> {
  const lowestLevel: LogLevel = level === "warn" ? "warning" : level;
  const formatter = format === "json" ? getJsonLinesFormatter({ properties: "flatten" }) : textFormatter();
  await configure({
    reset: true,
    sinks: { stderr: lineSink(formatter, output, clock) },
    loggers: [
      { category: "kube-devops", lowestLevel, sinks: ["stderr"] },
      // The library's own messages: only when something is wrong with logging itself.
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
  const logger = getLogger("kube-devops");
  return {
    log: {
      debug: (message, properties = {}) => logger.debug(message, harmless(properties)),
      info: (message, properties = {}) => logger.info(message, harmless(properties)),
      warn: (message, properties = {}) => logger.warning(message, harmless(properties)),
      error: (message, properties = {}) => logger.error(message, harmless(properties)),
    },
    close: dispose,
  };
}

/** Formats each record at once, and writes the lines of many together. */
function lineSink(
  formatter: TextFormatter,
  { write, writeNow }: TextOutput,
  clock: Pick<Clock, "now" | "after">,
): Sink & AsyncDisposable {
  const lines = new LineBuffer({
    write,
    clock,
    droppedLine: (count) =>
      formatter({
        category: ["kube-devops"],
        level: "warning",
        message: [DROPPED],
        rawMessage: DROPPED,
        timestamp: clock.now(),
        properties: { lines: count },
      }),
  });
  // What nobody catches ends the program at once, and what came before it says the most about it.
  const tellTheRest = () => writeNow(lines.take());
  UNCAUGHT.forEach((event) => globalThis.addEventListener(event, tellTheRest));
  return Object.assign((record: LogRecord) => lines.add(formatter(record)), {
    async [Symbol.asyncDispose]() {
      await lines.close();
      UNCAUGHT.forEach((event) => globalThis.removeEventListener(event, tellTheRest));
    },
  });
}

/** `10:02:11 warn  cannot watch, trying again  resource=pods problem="…"` */
function textFormatter(): TextFormatter {
  const line = getTextFormatter({
    timestamp: "none",
    format: ({ record, message }) => {
      const time = new Date(record.timestamp).toTimeString().slice(0, 8);
      const level = (record.level === "warning" ? "warn" : record.level).padEnd(5);
      const properties = Object.entries(record.properties).map(([key, value]) => `${key}=${quoted(value)}`);
      return [time, level, message, ...properties].join(" ");
    },
  });
  return line;
}

function quoted(value: unknown): string {
  const text = String(value);
  return /^[\w./:-]+$/.test(text) ? text : JSON.stringify(text);
}

function harmless(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === "string" ? escapeText(value, MAX_VALUE_LENGTH) : value]),
  );
}
