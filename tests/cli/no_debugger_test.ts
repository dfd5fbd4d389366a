/** The debugger that SIGUSR1 would open: it stays shut, whoever else is about, and the program goes on. */

import assert from "node:assert/strict";
import { keepDebuggerShut } from "../../lib/cli/no_debugger.ts";
import { eventually } from "../cluster/eventually.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { Program } from "../support/program.ts";
import { recordingLogger } from "../support/recording_logger.ts";
import { fill, startReachable } from "./harness.ts";

const IS_WINDOWS = Deno.build.os === "windows";

/** An address on which nobody listens. */
function freeAddress() {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { hostname: "127.0.0.1", port: listener.addr.port };
}

/** Whether somebody listens there. */
function isHeld(address: Deno.ListenOptions & { hostname: string }): boolean {
  try {
    Deno.listen(address).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return true;
    throw error;
  }
}

/** Resolves once nobody listens there, which the runtime brings about soon after a listener is closed. */
function isFree(address: ReturnType<typeof freeAddress>): Promise<void> {
  return eventually(() => !isHeld(address), { what: "the port is free" });
}

Deno.test({
  name: "reconcile opens no debugger on SIGUSR1, and goes on",
  ignore: IS_WINDOWS,
  async fn() {
    await using server = await startReachable();
    await fill(server.cluster);
    await using program = new Program([
      "reconcile",
      "--kubeconfig",
      server.kubeconfig,
      "--metrics-addr",
      "0",
    ]);
    await program.says("status changed");
    // The runtime listens for it some time after its start, and says what came of it.
    await eventually(() => {
      program.signal("SIGUSR1");
      return /Debugger listening|Failed to start inspector/.test(program.stderr);
    }, { what: "the runtime has heard the signal" });
    await assert.rejects(async () => {
      const answer = await fetch("http://127.0.0.1:9229/json/version");
      return await answer.text();
    }, TypeError);
    assert(!program.stderr.includes("Debugger listening"), program.stderr);
    await server.cluster.deletePod("web");
    await program.says("0 violations across 0 pods");
    program.signal("SIGTERM");
    assert.equal((await program.end()).code, 0);
  },
});

Deno.test({
  name: "keepDebuggerShut() holds the port until it is disposed of, and hangs up on whoever asks there",
  ignore: IS_WINDOWS,
  async fn() {
    const address = freeAddress();
    const { log, records } = recordingLogger();
    {
      using _shut = keepDebuggerShut(log, new ManualClock(), address);
      assert(isHeld(address));
      using connection = await Deno.connect(address);
      assert.equal(await connection.read(new Uint8Array(1)), null);
    }
    await isFree(address);
    assert.deepEqual(records, []);
  },
});

/** Holds a port, prints it, opens all the files it may until it cannot accept a connection, and ends with its stdin. */
const WITHOUT_FILES = `
  import { keepDebuggerShut } from ${JSON.stringify(import.meta.resolve("../../lib/cli/no_debugger.ts"))};
  import { systemClock } from ${JSON.stringify(import.meta.resolve("../../lib/cli/system_clock.ts"))};
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const files = [];
  const log = {
    debug() {
      for (const file of files.splice(0)) file.close();
    },
    warn(message) {
      throw new Error(message);
    },
  };
  using shut = keepDebuggerShut(log, systemClock, { hostname: "127.0.0.1", port });
  try {
    for (;;) files.push(Deno.openSync("/dev/null"));
  } catch {
    console.log(port);
  }
  for await (const _ of Deno.stdin.readable);
`;

Deno.test({
  name: "keepDebuggerShut() goes on when no connection can be accepted, and hangs up as soon as one can be",
  ignore: IS_WINDOWS,
  async fn() {
    await using child = new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 128; exec "$0" eval "$1"', Deno.execPath(), WITHOUT_FILES],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const [output, input] = [child.stdout.getReader(), child.stdin.getWriter()];
    const port = Number(new TextDecoder().decode((await output.read()).value));
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    assert.equal(await connection.read(new Uint8Array(1)), null);
    await input.close();
    assert.equal((await child.status).code, 0);
    await output.cancel();
  },
});

Deno.test({
  name: "keepDebuggerShut() says once that somebody else holds the port, and takes it when it is free",
  ignore: IS_WINDOWS,
  async fn() {
    const address = freeAddress();
    const clock = new ManualClock();
    const { log, records } = recordingLogger();
    const first = keepDebuggerShut(log, clock, address);
    const second = keepDebuggerShut(log, clock, address);
    await clock.advance(10_000);
    assert.deepEqual(records.map(({ level, properties }) => [level, properties]), [["debug", address]]);
    first[Symbol.dispose]();
    await isFree(address);
    await clock.advance(1_000);
    assert(isHeld(address), "the second has it");
    second[Symbol.dispose]();
    await isFree(address);
    assert.equal(clock.pending, 0);
  },
});

Deno.test({
  name: "keepDebuggerShut() waits no more for the port once it is disposed of",
  ignore: IS_WINDOWS,
  async fn() {
    const address = freeAddress();
    const clock = new ManualClock();
    const { log } = recordingLogger();
    using _first = keepDebuggerShut(log, clock, address);
    keepDebuggerShut(log, clock, address)[Symbol.dispose]();
    assert.equal(clock.pending, 0);
    await clock.advance(0);
  },
});

Deno.test({
  name: "keepDebuggerShut() warns when it is not permitted to hold the port, and does no more",
  ignore: IS_WINDOWS,
  permissions: { net: ["127.0.0.1:1"] },
  fn() {
    const clock = new ManualClock();
    const { log, records } = recordingLogger();
    using _shut = keepDebuggerShut(log, clock);
    assert.deepEqual(records.map(({ level, message }) => [level, message]), [
      ["warn", "SIGUSR1 opens a debugger: its port cannot be held"],
    ]);
    assert.equal(clock.pending, 0);
  },
});

Deno.test({
  name: "keepDebuggerShut() lets the signal pass, which would end a program that does not listen for it",
  ignore: IS_WINDOWS,
  async fn() {
    const { log, records } = recordingLogger();
    // Of this very process no debugger shall open either: the port is the real one.
    using _shut = keepDebuggerShut(log, new ManualClock());
    Deno.kill(Deno.pid, "SIGUSR1");
    await eventually(
      () => records.some(({ message }) => message === "SIGUSR1 is ignored, there is no debugger"),
      { what: "the signal is heard" },
    );
  },
});
