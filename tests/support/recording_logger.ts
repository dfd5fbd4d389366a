/** A logger that remembers what it was told. */

import type { Logger } from "../../lib/api/logger.ts";

/** One thing said. */
export interface LogRecord {
  readonly level: keyof Logger;
  readonly message: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The logger, and what it has heard so far. */
export function recordingLogger(): { readonly log: Logger; readonly records: readonly LogRecord[] } {
  const records: LogRecord[] = [];
  const at = (level: keyof Logger) => (message: string, properties = {}) =>
    void records.push({ level, message, properties });
  return { log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, records };
}
