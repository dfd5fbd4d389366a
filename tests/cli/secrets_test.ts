/** No command ever shows a secret: not in any form that credentials have, and not whatever goes wrong. */

import assert from "node:assert/strict";
import { captured } from "../support/captured.ts";
import { certificate } from "../support/certificates/mod.ts";
import { KubeconfigFolder, oneContext } from "../support/kubeconfig_files.ts";
import { LoopbackProxy } from "../support/loopback_proxy.ts";
import { Program, run } from "../support/program.ts";

const CANARY = "canary-5f2d8c41";
const EXEC = "client.authentication.k8s.io/v1";
const { cert, key } = certificate("client-ec");
/** What somebody would have to find in a log to act in our name, as it is and as it is sent. */
const SECRETS = [CANARY, ...["", "jane:", "k:"].map((name) => btoa(name + CANARY)), key.split("\n")[1]!];

/** Answers a request that carried `secret`, in words that repeat it. */
type Answer = (secret: string) => Response;

const status = (code: number): Answer => (secret) =>
  Response.json({ kind: "Status", code, reason: "Odd", message: `who is ${secret}?` }, { status: code });

/** An API server that repeats what it should keep to itself; an OIDC issuer that refuses in such words. */
function indiscreet(answer: Answer) {
  const seen: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...certificate("server"), onListen() {} },
    async (request): Promise<Response> => {
      const { pathname, origin } = new URL(request.url);
      const sent = [...request.headers].map((header) => header.join(": ")).join(", ") + await request.text();
      seen.push(sent);
      if (pathname.startsWith("/.well-known")) return Response.json({ token_endpoint: `${origin}/token` });
      const secret = (request.headers.get("authorization") ?? "").replace(/^\w+ /, "");
      if (pathname !== "/token") return answer(secret);
      return Response.json({ error: "invalid_grant", error_description: sent }, { status: 400 });
    },
  );
  const url = `https://127.0.0.1:${server.addr.port}`;
  return { url, seen, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A kubeconfig for the server at `url` with those settings. */
function kubeconfig(url: string, user: Record<string, unknown>, cluster: Record<string, unknown> = {}) {
  const ca = { "certificate-authority-data": btoa(certificate("ca").cert) };
  return oneContext({ cluster: { server: url, ...ca, ...cluster }, user: { token: undefined, ...user } });
}

function assertDiscreet(...texts: string[]): void {
  for (const secret of SECRETS) assert(!texts.join("\n").includes(secret), texts.join("\n"));
}

type Form = (folder: KubeconfigFolder, url: string) => string | object;
const plugin = (folder: KubeconfigFolder, script: string, more: object = {}) => ({
  exec: { apiVersion: EXEC, command: folder.program("plugin", script), ...more },
});
const credential = (json: object) => `echo '${JSON.stringify({ status: json })}'`;
const oidc = (url: string, config: Record<string, string>) => ({
  "auth-provider": {
    name: "oidc",
    config: {
      "idp-issuer-url": url,
      "idp-certificate-authority-data": btoa(certificate("ca").cert),
      "client-id": "k",
      ...config,
    },
  },
});

/** Credentials that are sent: the server sees the secret, and nobody else does. */
const SENT: Readonly<Record<string, Form>> = {
  "a token": (_, url) => kubeconfig(url, { token: CANARY }),
  "a token file": (folder, url) => kubeconfig(url, { tokenFile: folder.write("token", CANARY) }),
  "a password": (_, url) => kubeconfig(url, { username: "jane", password: CANARY }),
  "a plugin's token": (folder, url) => kubeconfig(url, plugin(folder, credential({ token: CANARY }))),
  "a plugin that says it on stderr, too": (folder, url) =>
    kubeconfig(url, plugin(folder, `echo ${CANARY} >&2; ${credential({ token: CANARY })}`)),
  "an id-token": (_, url) => kubeconfig(url, oidc(url, { "id-token": CANARY })),
  "a refresh-token": (_, url) => kubeconfig(url, oidc(url, { "refresh-token": CANARY })),
  "an OIDC client's secret": (_, url) =>
    kubeconfig(url, oidc(url, { "refresh-token": "r", "client-secret": CANARY })),
};

/** Credentials that go nowhere: what is wrong is told without them. */
const KEPT: Readonly<Record<string, Form>> = {
  "a client key": (_, url) =>
    kubeconfig(url, { "client-certificate-data": btoa(cert), "client-key-data": btoa(key) }),
  "a client key that is none": (_, url) =>
    kubeconfig(url, {
      "client-certificate-data": btoa(cert),
      "client-key-data": btoa(`${CANARY}\n${key.slice(99)}`),
    }),
  "a client key without its certificate": (_, url) => kubeconfig(url, { "client-key-data": btoa(key) }),
  "a client key that is no base64": (_, url) =>
    kubeconfig(url, { "client-certificate-data": btoa(cert), "client-key-data": `!${CANARY}` }),
  "a token of two lines": (_, url) => kubeconfig(url, { token: `${CANARY}\n${CANARY}` }),
  "a token file of two lines": (folder, url) =>
    kubeconfig(url, { tokenFile: folder.write("token", `${CANARY}\n${CANARY}\0`) }),
  "a token that is a list": (_, url) => kubeconfig(url, { token: [CANARY] }),
  "a plugin that fails with it on stderr": (folder, url) =>
    kubeconfig(url, plugin(folder, `echo "token ${CANARY} has expired" >&2; exit 1`)),
  "a plugin that prints it as it is": (folder, url) => kubeconfig(url, plugin(folder, `echo ${CANARY}`)),
  "a plugin that prints it in two lines": (folder, url) =>
    kubeconfig(url, plugin(folder, `printf '{"status":{"token":"${CANARY}\\\\nx"}}'`)),
  "a plugin's argument and variable": (folder, url) => {
    const more = { args: ["--secret", CANARY], env: [{ name: "SECRET", value: CANARY }] };
    return kubeconfig(url, plugin(folder, "exit 1", more));
  },
  "a plugin that is not there, and its argument": (folder, url) =>
    kubeconfig(url, plugin(folder, "", { command: "no-such-plugin", args: [CANARY] })),
  "a password in the server's address": () => kubeconfig(`https://jane:${CANARY}@127.0.0.1`, { token: "t" }),
  "broken YAML around it": () => `users:\n- token: ${CANARY}\n  token: ${CANARY}\n`,
  "an alias of it": () => `token: *${CANARY}\n`,
};

const COMMANDS = [
  ["reconcile", "--metrics-addr", "0", "--log-level", "debug"],
  ["check"],
  ["crd", "install"],
  ["crd", "uninstall", "--yes"],
];

for (const [forms, isSent] of [[SENT, true], [KEPT, false]] as const) {
  for (const [what, form] of Object.entries(forms)) {
    Deno.test(`No command shows ${what}`, async () => {
      await using server = indiscreet(status(401));
      using folder = new KubeconfigFolder();
      const file = folder.write("config", form(folder, server.url));
      const runs = COMMANDS.map((command) => () => captured(...command, "--kubeconfig", file));
      // A process of its own, whose stderr is also that of its plugins.
      if (/plugin/.test(what)) runs.push(() => run(["crd", "install", "--kubeconfig", file]));
      for (const runCommand of runs) {
        server.seen.length = 0;
        const { code, stdout, stderr } = await runCommand();
        assertDiscreet(stdout, stderr);
        assert.equal(code, 3, stderr);
        assert.match(stderr, /^error: [^\n]+\.$/m, "it says something");
        assert.equal(SECRETS.some((secret) => server.seen.some((sent) => sent.includes(secret))), isSent);
      }
    });
  }
}

/** Answers that repeat the token in every place that an answer has. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "a 403": status(403),
  "a 500": status(500),
  "a 410": status(410),
  "a page": (secret) => new Response(`<h1>${secret}</h1>`, { status: 502, statusText: secret }),
  "a page that pretends to be fine": (secret) => new Response(`<h1>${secret}</h1>`),
  "a redirect": (secret) =>
    new Response(null, { status: 307, headers: { location: `https://127.0.0.1/${secret}` } }),
};

/** Runs `reconcile` until it says `words`, and checks all that it serves and says. */
async function assertDiscreetLife(file: string, words: string): Promise<void> {
  const args = ["reconcile", "--kubeconfig", file, "--metrics-addr", "127.0.0.1:0", "--log-level", "debug"];
  await using program = new Program(args);
  await program.says(words);
  const [, address] = /"address":"([^"]+)"/.exec(program.stderr) ?? [];
  // Connections of its own: those of a program before, which had the same port, are of no use.
  using client = Deno.createHttpClient({});
  for (const path of ["/metrics", "/readyz", "/healthz"]) {
    assertDiscreet(await (await fetch(`http://${address}${path}`, { client })).text());
  }
  program.signal("SIGTERM");
  const { stdout, stderr } = await program.end();
  assertDiscreet(stdout, stderr);
}

for (const [what, answer] of Object.entries(ANSWERS)) {
  Deno.test(`No log and no metric shows a token that the server repeats in ${what}`, async () => {
    await using server = indiscreet(answer);
    using folder = new KubeconfigFolder();
    const file = folder.write("config", kubeconfig(server.url, { token: CANARY }));
    await assertDiscreetLife(file, what === "a 410" ? "watch ended" : "cannot watch");
    assert(server.seen.some((sent) => sent.includes(CANARY)), "the server had it to repeat");
  });
}

Deno.test("No command shows the password of a proxy that refuses", async () => {
  await using proxy = await LoopbackProxy.start((client, first) =>
    client.end(`HTTP/1.1 407 ${btoa(String(first))}\r\ncontent-length: 0\r\n\r\n`)
  );
  using folder = new KubeconfigFolder();
  const cluster = { "proxy-url": `http://jane:${CANARY}@127.0.0.1:${proxy.port}` };
  const file = folder.write("config", kubeconfig("https://api.invalid", { token: CANARY }, cluster));
  const { code, stdout, stderr } = await captured("crd", "install", "--kubeconfig", file);
  assertDiscreet(stdout, stderr);
  assert.equal(code, 3);
  await assertDiscreetLife(file, "cannot watch");
  assert(String(proxy.heard[0]).includes(btoa(`jane:${CANARY}`)), "the proxy had it");
});
