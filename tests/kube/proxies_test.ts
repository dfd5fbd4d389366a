/** Proxies of the environment: told when nobody named them for the API server; what they cover, the runtime is asked, too. */

import assert from "node:assert/strict";
import { PROXY_VARIABLES, proxyVariable, proxyWarning } from "../../lib/kube/proxies.ts";
import type { Row } from "./ask_proxies.ts";
import "./harness.ts";

const SCRIPT = new URL("./ask_proxies.ts", import.meta.url).pathname;

const ORIGIN = 'context "dev"';
const IN_CLUSTER = { server: "https://10.96.0.1:443", origin: "the pod's service account" };
const proxy = "http://proxy.example:3128";

const warning = (
  environment: Readonly<Record<string, string>>,
  { server = "https://api.example:6443", own }: { server?: string; own?: string } = {},
) => proxyWarning({ server, origin: ORIGIN }, { proxy: own }, environment);

Deno.test("proxyWarning() names the variable, the server and the next step", () => {
  assert.equal(
    proxyWarning(IN_CLUSTER, {}, { HTTPS_PROXY: "http://jane:hunter2@proxy.example:3128" }),
    "The API server at https://10.96.0.1:443 is reached through the proxy that HTTPS_PROXY names: " +
      "add 10.96.0.1 to NO_PROXY if that is not meant.",
  );
});

for (
  const [what, environment, options, words] of [
    ["nothing is set", {}, {}, undefined],
    ["only exceptions are set", { NO_PROXY: "*" }, {}, undefined],
    ["the exceptions cover the server", { HTTPS_PROXY: proxy, NO_PROXY: "x,api.example" }, {}, undefined],
    ["those in small letters do", { https_proxy: proxy, no_proxy: "api.example" }, {}, undefined],
    [
      "the exceptions do not",
      { HTTPS_PROXY: proxy, NO_PROXY: "10.96.0.1" },
      {},
      /HTTPS_PROXY names: add api\.example to/,
    ],
    [
      "those in small letters do not",
      { HTTPS_PROXY: proxy, no_proxy: "x" },
      {},
      /add api\.example to no_proxy if/,
    ],
    [
      "only those in small letters do, which do not count",
      { HTTPS_PROXY: proxy, NO_PROXY: "x", no_proxy: "*" },
      {},
      /add api\.example to NO_PROXY if/,
    ],
    ["ALL_PROXY counts", { ALL_PROXY: proxy, HTTPS_PROXY: proxy }, {}, /the proxy that ALL_PROXY names/],
    ["HTTP_PROXY is for other servers", { HTTP_PROXY: proxy, http_proxy: proxy }, {}, undefined],
    [
      "HTTP_PROXY is for this server",
      { HTTP_PROXY: proxy },
      { server: "http://localhost:8001" },
      /that HTTP_PROXY names/,
    ],
    [
      "an IPv6 address is not covered",
      { HTTPS_PROXY: proxy },
      { server: "https://[fd00::1]:443" },
      /add fd00::1 to NO_PROXY/,
    ],
    ["the kubeconfig names a proxy, too", { HTTPS_PROXY: proxy }, { own: "http://other" }, undefined],
    [
      "the kubeconfig's proxy is not used",
      { NO_PROXY: "api.example" },
      { own: "http://jane:hunter2@other" },
      /^The proxy-url of context "dev" is not used, since NO_PROXY covers api\.example: take it out of NO_PROXY if /,
    ],
  ] as [string, Record<string, string>, { server?: string; own?: string }, RegExp | undefined][]
) {
  Deno.test(`proxyWarning() ${words === undefined ? "is silent" : "warns"} when ${what}`, () => {
    const said = warning(environment, options);
    if (words === undefined) return assert.equal(said, undefined);
    assert.match(said ?? "", words);
    assert.doesNotMatch(said ?? "", /hunter2|proxy\.example|\n/);
    assert(Object.keys(environment).every((name) => PROXY_VARIABLES.includes(name)));
  });
}

for (
  const [what, environment, server, variable] of [
    ["nothing is set", {}, "https://api.example:6443", undefined],
    ["HTTPS_PROXY is", { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }, "https://api.example:6443", "HTTPS_PROXY"],
    ["it is in small letters", { https_proxy: proxy }, "https://api.example:6443", "https_proxy"],
    ["ALL_PROXY is, too", { HTTPS_PROXY: proxy, ALL_PROXY: proxy }, "https://api.example:6443", "ALL_PROXY"],
    ["HTTPS_PROXY is for other servers", { HTTPS_PROXY: proxy }, "http://localhost:8001", undefined],
    ["HTTP_PROXY is for this server", { HTTP_PROXY: proxy }, "http://localhost:8001", "HTTP_PROXY"],
    ["an exception covers it", { HTTPS_PROXY: proxy, NO_PROXY: "fd00::/8" }, "https://[fd00::1]", undefined],
    [
      "an exception covers others",
      { HTTPS_PROXY: proxy, NO_PROXY: "::1" },
      "https://[fd00::1]",
      "HTTPS_PROXY",
    ],
  ] as [string, Record<string, string>, string, string | undefined][]
) {
  Deno.test(`proxyVariable() is ${variable} for ${server} when ${what}`, () =>
    assert.equal(proxyVariable(server, environment), variable));
}

/** A port on which nobody listens. */
const { port } = (() => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr;
})();

/** What `NO_PROXY` says, a host, and whether it covers that. */
const RULES: readonly (readonly [rule: string, host: string, covered: boolean])[] = [
  ["api.invalid", "api.invalid", true],
  ["invalid", "api.invalid", true],
  [".invalid", "api.invalid", true],
  [".api.invalid", "api.invalid", true],
  ["x, api.invalid ,y", "api.invalid", true],
  ["*", "api.invalid", true],
  ["*", "127.0.0.1", false],
  ["*.invalid", "api.invalid", false],
  ["nvalid", "api.invalid", false],
  ["pi.invalid", "api.invalid", false],
  ["API.INVALID", "api.invalid", false],
  [`api.invalid:${port}`, "api.invalid", false],
  ["", "api.invalid", false],
  ["127.0.0.1", "127.0.0.1", true],
  ["127.0.0.0/8", "127.0.0.1", true],
  ["127.0.0.1/32", "127.0.0.1", true],
  ["0.0.0.0/0", "127.0.0.1", true],
  ["126.0.0.0/7", "127.0.0.1", true],
  ["128.0.0.0/8", "127.0.0.1", false],
  ["127.0.0.2/32", "127.0.0.1", false],
  ["127.0.0", "127.0.0.1", false],
  ["127.*", "127.0.0.1", false],
  [`127.0.0.1:${port}`, "127.0.0.1", false],
  ["localhost", "127.0.0.1", false],
  ["::1", "[::1]", true],
  ["::/8", "[::1]", true],
  ["0:0:0:0:0:0:0:1/128", "[::1]", true],
  ["fd00::/8", "[::1]", false],
  ["::ffff/x", "[::1]", false],
  ["1::2::3", "[::1]", false],
  ["127.0.0.1", "[::1]", false],
];

for (const [rule, host, covered] of RULES) {
  Deno.test(`proxyWarning() holds that NO_PROXY=${rule} ${covered ? "covers" : "does not cover"} ${host}`, () => {
    const server = `https://${host}:${port}`;
    const environment = { HTTPS_PROXY: "x", NO_PROXY: rule };
    assert.equal(warning(environment, { server }) === undefined, covered);
    assert.equal(proxyVariable(server, environment) === undefined, covered);
  });
}

Deno.test("proxyWarning() holds what the runtime does", async () => {
  const url = `https://127.0.0.1:${port}`;
  const rows: readonly (readonly [row: Row, goesThrough: boolean])[] = [
    ...RULES.map(([rule, host, covered]): [Row, boolean] => [
      { url: `https://${host}:${port}`, environment: { HTTPS_PROXY: "$PROXY", NO_PROXY: rule } },
      !covered,
    ]),
    [{ url, environment: { https_proxy: "$PROXY" } }, true],
    [{ url, environment: { HTTPS_PROXY: "$PROXY", https_proxy: "http://127.0.0.1:9" } }, true],
    [{ url, environment: { ALL_PROXY: "$PROXY", HTTPS_PROXY: "http://127.0.0.1:9" } }, true],
    [{ url, environment: { HTTPS_PROXY: "$PROXY", all_proxy: "http://127.0.0.1:9" } }, false],
    [{ url, environment: { HTTP_PROXY: "$PROXY" } }, false],
    [{ url, environment: { HTTPS_PROXY: "$PROXY", NO_PROXY: "x", no_proxy: "*" } }, true],
    [{ url, environment: { HTTPS_PROXY: "$PROXY", no_proxy: "127.0.0.1" } }, false],
    // A client's own proxy counts before the environment's, but after NO_PROXY.
    [{ url, environment: { HTTPS_PROXY: "http://127.0.0.1:9" }, own: "$PROXY" }, true],
    [{ url, environment: { NO_PROXY: "127.0.0.1" }, own: "$PROXY" }, false],
  ];
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SCRIPT, JSON.stringify(rows.map(([row]) => row))],
    env: Object.fromEntries(PROXY_VARIABLES.map((name) => [name, ""])),
  }).output();
  const asked: unknown[] = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(rows.map(([row], at) => [row, asked[at]]), rows);
});
