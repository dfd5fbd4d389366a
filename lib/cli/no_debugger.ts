/** Keeps the runtime's debugger shut: on SIGUSR1 it would open one, whatever the program is permitted to do. */

import type { Clock } from "../api/clock.ts";
import type { Logger } from "../api/logger.ts";

/** Where the runtime opens its debugger; nobody can tell it another place, or not to. */
const DEBUGGER = { hostname: "127.0.0.1", port: 9229 };
/** After this is tried again what fails: to have the port while another program has it, or to answer on it; milliseconds. */
const RETRY_MS = 1_000;

/**
 * Holds the debugger's port until it is disposed of: the runtime then fails to open one, says so on stderr, and goes on.
 * A listener for the signal alone would not keep it from trying.
 */
export function keepDebuggerShut(
  log: Pick<Logger, "debug" | "warn">,
  clock: Pick<Clock, "after">,
  address: Readonly<typeof DEBUGGER> = DEBUGGER,
): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  let listener: Deno.Listener | undefined;
  let cancel = () => {};
  let isTold = false;

  /** Ends every connection at once: whoever looks for a debugger is not kept waiting. */
  const hangUp = async (listener: Deno.Listener) => {
    try {
      for await (const connection of listener) connection.close();
    } catch (error) {
      // With too many files open, say: whoever connects has to wait, but the port is held all the same.
      log.debug("cannot hang up on the debugger's port, trying again", { problem: (error as Error).message });
      cancel = clock.after(RETRY_MS, () => void hangUp(listener));
    }
  };
  const hold = () => {
    try {
      listener = Deno.listen(address);
      void hangUp(listener);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) {
        log.warn("SIGUSR1 opens a debugger: its port cannot be held", { problem: (error as Error).message });
        return;
      }
      if (!isTold) {
        log.debug("another program holds the debugger's port, taking it when it is free", { ...address });
      }
      isTold = true;
      cancel = clock.after(RETRY_MS, hold);
    }
  };
  // Where the runtime does not listen for it, or not yet, the signal would end the process.
  const ignore = () => log.debug("SIGUSR1 is ignored, there is no debugger");
  Deno.addSignalListener("SIGUSR1", ignore);
  hold();
  return {
    [Symbol.dispose]() {
      Deno.removeSignalListener("SIGUSR1", ignore);
      cancel();
      listener?.close();
    },
  };
}
