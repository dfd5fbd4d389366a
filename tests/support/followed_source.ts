/** The health of one collection, whose watcher is the test. */

import { ConnectionError } from "../../lib/api/errors.ts";
import { SourceHealth } from "../../lib/operator/source_health.ts";
import { ManualClock } from "./manual_clock.ts";
import { recordingLogger } from "./recording_logger.ts";

/** Ends the operator when it comes before anything was read. */
export const HOPELESS = new ConnectionError("tls", "signed by a stranger");

/** The health of the pods of a namespace, with all that is heard of it. */
export function followed() {
  const clock = new ManualClock();
  const { log, records } = recordingLogger();
  const restarts: string[] = [];
  const relists: string[] = [];
  const early: unknown[] = [];
  let changes = 0;
  const metrics = {
    observeWatchRestart: (resource: string, cause: string) => void restarts.push(`${resource} ${cause}`),
    observeRelist: (resource: string, cause: string) => void relists.push(`${resource} ${cause}`),
  };
  const health = new SourceHealth({
    resource: "pods",
    namespace: "production",
    log,
    clock,
    metrics,
    explain: (error) => (error as Error).message,
    onChange: () => changes++,
    onEarlyFailure: (error) => early.push(error) > 0 && error === HOPELESS,
  });
  return {
    clock,
    health,
    /** The collection has been read in full. */
    read() {
      health.live();
      health.heard();
    },
    restarts,
    relists,
    early,
    changes: () => changes,
    said: () => records.map(({ level, message, properties }) => [level, message, properties.problem]),
  };
}
