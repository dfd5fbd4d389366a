/** Logs: one line a record on the stream that was given, and nothing in it that could pretend to be another line. */

import assert from "node:assert/strict";
import type { Logger } from "../../lib/api/logger.ts";
import { type LogOptions, startLogging } from "../../lib/cli/logging.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** The lines that `act` brings about, of which nothing is read meanwhile. */
async function lines(options: LogOptions, act: (log: Logger) => void): Promise<string[]> {
  let text = "";
  const decoder = new TextDecoder();
  const output = {
    write: (bytes: Uint8Array) => Promise.resolve(void (text += decoder.decode(bytes))),
    writeNow: (more: string) => void (text += more),
  };
  const { log, close } = await startLogging(options, output, new ManualClock());
  act(log);
  await close();
  assert(text === "" || text.endsWith("\n"));
  return text.split("\n").slice(0, -1);
}

const EVERY = (log: Logger) => {
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
};

for (const [level, count] of [["debug", 4], ["info", 3], ["warn", 2], ["error", 1]] as const) {
  for (const format of ["text", "json"] as const) {
    Deno.test(`startLogging() at ${level} lets the ${count} most important of four through, as ${format}`, async () => {
      assert.equal((await lines({ format, level }, EVERY)).length, count);
    });
  }
}

Deno.test("startLogging() as text writes the time, the level, the message and its properties", async () => {
  const [line = "", ...rest] = await lines({ format: "text", level: "info" }, (log) => {
    log.warn("cannot watch, trying again", { resource: "pods", problem: 'no "answer" here', tries: 3 });
  });
  assert.match(
    line,
    /^\d\d:\d\d:\d\d warn {2}cannot watch, trying again resource=pods problem="no \\"answer\\" here" tries=3$/,
  );
  assert.deepEqual(rest, []);
});

Deno.test("startLogging() as JSON writes what a machine can read", async () => {
  const [line = "", ...rest] = await lines({ format: "json", level: "info" }, (log) => {
    log.info("ready", { policies: 2, namespace: undefined });
  });
  const { "@timestamp": timestamp, ...record } = JSON.parse(line);
  assert(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
  assert.deepEqual(record, { level: "INFO", message: "ready", logger: "kube-devops", policies: 2 });
  assert.deepEqual(rest, []);
});

const HOSTILE = "\x1b[2J\r\n10:00:00 error you were hacked\u2028\u202e";

for (const format of ["text", "json"] as const) {
  Deno.test(`startLogging() as ${format} keeps a hostile value on its line, and harmless`, async () => {
    const [line = "", ...rest] = await lines(
      { format, level: "info" },
      (log) => log.warn("odd", { pod: HOSTILE }),
    );
    assert.deepEqual(rest, []);
    // deno-lint-ignore no-control-regex -- control characters are exactly what must not be there
    assert(!/[\u0000-\u001f\u2028\u202e]/.test(line), line);
    assert(line.includes("you were hacked"));
  });

  Deno.test(`startLogging() as ${format} cuts a value that is too long`, async () => {
    const [line = ""] = await lines(
      { format, level: "info" },
      (log) => log.warn("long", { pod: "x".repeat(1e6) }),
    );
    assert(line.length < 1_500, `${line.length}`);
    assert(line.includes("x".repeat(900)));
  });
}

Deno.test("startLogging() takes braces in a value for braces", async () => {
  const [line = ""] = await lines({ format: "text", level: "info" }, (log) => {
    log.info("said", { what: "{secret}", secret: "s" });
  });
  assert.match(line, /said what="\{secret\}" secret=s$/);
});

Deno.test("startLogging() may be called again after it was closed", async () => {
  for (const message of ["one", "two"]) {
    const [line = "", ...rest] = await lines({ format: "text", level: "info" }, (log) => log.info(message));
    assert(line.endsWith(message));
    assert.deepEqual(rest, []);
  }
});

for (const format of ["text", "json"] as const) {
  Deno.test(`startLogging() as ${format} writes no line before 20 ms have passed, and then all of them`, async () => {
    const [clock, written] = [new ManualClock(), new Array<string>()];
    const write = (bytes: Uint8Array) => Promise.resolve(void written.push(new TextDecoder().decode(bytes)));
    const { log, close } = await startLogging({ format, level: "info" }, { write, writeNow() {} }, clock);
    log.info("one");
    log.info("two");
    await clock.advance(19);
    assert.equal(written.length, 0);
    await clock.advance(1);
    assert.match(written.join("|"), /^[^\n]*one[^\n]*\n[^\n]*two[^\n]*\n$/);
    await close();
  });

  Deno.test(`startLogging() as ${format} warns of lines that it had to drop, at any level`, async () => {
    const value = "x".repeat(1_000);
    const many = (log: Logger) => {
      for (let i = 0; i < 3_000; i++) log.error("no room", { value });
    };
    const said = await lines({ format, level: "error" }, many);
    const last = said.pop() ?? "";
    const count = 3_000 - said.length;
    assert(count > 1_500 && count < 2_500, `${count}`);
    const message = "lines of the log were dropped, its reader is too slow";
    if (format === "text") {
      assert.match(last, new RegExp(`^\\d\\d:\\d\\d:\\d\\d warn {2}${message} lines=${count}$`));
    } else {
      assert.deepEqual(JSON.parse(last), {
        "@timestamp": "2026-02-22T10:00:00.000Z",
        level: "WARN",
        message,
        logger: "kube-devops",
        lines: count,
      });
    }
    assert(said.every((line) => line.includes("no room")));
  });
}

for (const event of ["error", "unhandledrejection"]) {
  Deno.test(`startLogging() writes what waits at once on ${event}, and listens to it until it is closed`, async () => {
    const [said, told] = [new Array<Uint8Array>(), new Array<string>()];
    const output = {
      write: (bytes: Uint8Array) => Promise.resolve(void said.push(bytes)),
      writeNow: (text: string) => void told.push(text),
    };
    const { log, close } = await startLogging({ format: "text", level: "info" }, output, new ManualClock());
    log.info("one");
    globalThis.dispatchEvent(new Event(event));
    assert.equal(told.length, 1);
    assert.match(told[0]!, /one\n$/);
    await close();
    assert.deepEqual(said, []);
    globalThis.dispatchEvent(new Event(event));
    assert.equal(told.length, 1);
  });
}

for (const [end, code] of [["close", 0], ["throw", 1], ["reject", 1]] as const) {
  Deno.test(`A process that ends by way of ${end} right after it has logged loses no line`, async () => {
    const ended = await logAndEnd(end, 100).output();
    const stderr = new TextDecoder().decode(ended.stderr);
    assert.deepEqual(numbersIn(stderr), [...Array(100).keys()]);
    assert.equal(stderr.includes("a bug"), code === 1);
    assert.equal(ended.code, code);
  });
}

Deno.test("A process whose log nobody reads works on, and its log says in the end how much of it is missing", async () => {
  const child = logAndEnd("close", 50_000).spawn();
  const stdout = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await stdout.read()).value), "worked on\n");
  await stdout.cancel();
  const stderr = await new Response(child.stderr).text();
  const numbers = numbersIn(stderr);
  const [, dropped] = / warn {2}lines of the log were dropped, .* lines=(\d+)\n$/.exec(stderr) ?? [];
  assert.deepEqual(numbers, [...Array(numbers.length).keys()]);
  assert.equal(numbers.length + Number(dropped), 50_000);
  assert.equal((await child.status).code, 0);
});

/** Which of its lines a process has logged. */
function numbersIn(stderr: string): number[] {
  return Array.from(stderr.matchAll(/ line n=(\d+)$/gm), ([, n]) => Number(n));
}

/** A process that logs so many lines, and ends. */
function logAndEnd(end: string, count: number): Deno.Command {
  const script = new URL("log_and_end.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, end, `${count}`],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(30_000),
  });
}
