/** Logs: one line a record on the stream that was given, and nothing in it that could pretend to be another line. */

import assert from "node:assert/strict";
import type { Logger } from "../../lib/api/logger.ts";
import { type LogOptions, startLogging } from "../../lib/cli/logging.ts";

/** The lines that `act` brings about. */
async function lines(options: LogOptions, act: (log: Logger) => void): Promise<string[]> {
  let text = "";
  const decoder = new TextDecoder();
  const stream = new WritableStream<Uint8Array>({ write: (bytes) => void (text += decoder.decode(bytes)) });
  const { log, close } = await startLogging(options, stream);
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
