/** How much memory objects take up, for tests that bound it. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What is in use after a garbage collection; bytes. */
export function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return Deno.memoryUsage().heapUsed;
}
