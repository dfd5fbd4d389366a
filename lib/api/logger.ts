/** The port through which every room below `cli` speaks to the person who runs the operator. */

/** A constant message plus key/values; the values are escaped by the implementation, never by the caller. */
export interface Logger {
  debug(message: string, properties?: Record<string, unknown>): void;
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}
