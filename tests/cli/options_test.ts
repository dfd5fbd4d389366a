/** Parsers of flag values: what they take, and how they refuse the rest. */

import assert from "node:assert/strict";
import { InvalidArgumentError } from "commander";
import {
  addressOption,
  collect,
  durationOption,
  leaseOption,
  listOption,
  namespaceOption,
} from "../../lib/cli/options.ts";

/** Checks a table of values and what they parse to; undefined stands for a refusal. */
function table(
  name: string,
  parse: (value: string) => unknown,
  rows: readonly (readonly [string, unknown])[],
) {
  for (const [value, expected] of rows) {
    const said = value.length > 30 ? `${value.length} letters` : JSON.stringify(value);
    if (expected !== undefined) {
      Deno.test(`${name}() takes ${said}`, () => assert.deepEqual(parse(value), expected));
    } else {
      Deno.test(`${name}() refuses ${said} in one sentence`, () => {
        assert.throws(() => parse(value), (error: Error) => {
          assert(error instanceof InvalidArgumentError);
          assert.match(error.message, /^Write [^.]+[^]*\.$/);
          return true;
        });
      });
    }
  }
}

table("durationOption", durationOption, [
  ["30s", 30_000],
  ["30", 30_000],
  ["1s", 1_000],
  ["1000ms", 1_000],
  ["2m", 120_000],
  ["1.5m", 90_000],
  ["1h", 3_600_000],
  ["60m", 3_600_000],
  ["0", undefined],
  ["0s", undefined],
  ["999ms", undefined],
  ["3601s", undefined],
  ["2h", undefined],
  ["", undefined],
  ["s", undefined],
  ["-5s", undefined],
  ["1e3", undefined],
  ["30 s", undefined],
  ["30S", undefined],
  ["1d", undefined],
  ["Infinity", undefined],
  ["1.2.3s", undefined],
  [" 30s", undefined],
]);

table("addressOption", addressOption, [
  ["0", "off"],
  ["127.0.0.1:9090", { hostname: "127.0.0.1", port: 9090 }],
  ["localhost:8080", { hostname: "localhost", port: 8080 }],
  [":9090", { hostname: "::", port: 9090 }],
  ["127.0.0.1:0", { hostname: "127.0.0.1", port: 0 }],
  ["[::1]:9090", { hostname: "::1", port: 9090 }],
  ["[::]:65535", { hostname: "::", port: 65_535 }],
  ["127.0.0.1:65536", undefined],
  ["127.0.0.1", undefined],
  ["9090", undefined],
  ["127.0.0.1:", undefined],
  ["127.0.0.1:http", undefined],
  ["::1:9090", undefined],
  ["[::1]", undefined],
  ["[evil]:1", undefined],
  ["", undefined],
  [":", undefined],
  ["00", undefined],
]);

table("namespaceOption", namespaceOption, [
  ["production", "production"],
  ["a", "a"],
  ["team-1", "team-1"],
  ["0", "0"],
  ["a".repeat(63), "a".repeat(63)],
  ["a".repeat(64), undefined],
  ["", undefined],
  ["-a", undefined],
  ["a-", undefined],
  ["Production", undefined],
  ["a_b", undefined],
  ["a.b", undefined],
  ["a/b", undefined],
  ["a\n", undefined],
  ["production,staging", undefined],
]);

Deno.test("listOption() splits at commas, trims, and gathers over repetitions", () => {
  assert.deepEqual(listOption("a, -b,,c ", []), ["a", "-b", "c"]);
  assert.deepEqual(listOption("b", listOption("a", [])), ["a", "b"]);
  assert.deepEqual(listOption("", []), []);
});

Deno.test("collect() gathers a repeated flag's values, each once", () => {
  const parse = collect(namespaceOption);
  assert.deepEqual(parse("a", parse("b", parse("a", []))), ["a", "b"]);
  assert.throws(() => parse("B", []), InvalidArgumentError);
});

table("leaseOption", leaseOption, [
  ["kube-devops", "kube-devops"],
  ["team-a.kube-devops", "team-a.kube-devops"],
  ["x", "x"],
  ["a".repeat(253), "a".repeat(253)],
  ["a".repeat(254), undefined],
  ["", undefined],
  ["Team", undefined],
  ["-a", undefined],
  ["a/b", undefined],
]);
