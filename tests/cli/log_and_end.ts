/** Logs lines to stderr and ends: in good order, or by a bug that nobody catches. For the test beside it. */

import { startLogging } from "../../lib/cli/logging.ts";
import { stderr } from "../../lib/cli/output.ts";
import { systemClock } from "../../lib/cli/system_clock.ts";

const [end, count] = Deno.args;
const { log, close } = await startLogging({ format: "text", level: "info" }, stderr, systemClock);
for (let n = 0; n < Number(count); n++) log.info("line", { n });
if (end === "throw") {
  queueMicrotask(() => {
    throw new Error("a bug");
  });
} else if (end === "reject") void Promise.reject(new Error("a bug"));
else {
  // To stdout, which somebody reads.
  console.log("worked on");
  await close();
  Deno.exit(0);
}
