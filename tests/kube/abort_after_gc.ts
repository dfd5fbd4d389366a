// Opens a watch of the media type given, on the runtime's client or a socket, that stays silent, collects all garbage, aborts, and prints how the watch ended; see its test.

import { systemClock } from "../../lib/cli/system_clock.ts";
import { httpCluster } from "../../lib/kube/cluster.ts";
import { Transport } from "../../lib/kube/transport.ts";

const collectGarbage = Reflect.get(globalThis, "gc") as () => void;
const server = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen() {} },
  () => new Response(new ReadableStream(), { headers: { "content-type": Deno.args[0]! } }),
);
const transport = new Transport({
  credentials: {
    server: `http://127.0.0.1:${server.addr.port}`,
    origin: "the test",
    renews: false,
    trustsSystem: false,
    access: () => Promise.resolve({ headers: {}, tls: { ca: undefined, client: undefined } }),
    rejected() {},
  },
  userAgent: "test",
  isProxied: Deno.args[1] === "client",
});
const abort = new AbortController();
const pods = httpCluster(transport, systemClock).pods({ namespace: undefined, onUnreadable() {} });
const batches = await pods.watch({ start: { from: "initial-events" }, timeoutSeconds: 60 }, abort.signal);
const ended = (async () => {
  for await (const _ of batches);
})().then(() => "closed", (error) => String(error));

for (let round = 0; round < 5; round++) {
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
abort.abort(new Error("told to stop"));
const deadline = new Promise<string>((resolve) => setTimeout(() => resolve("still open"), 20_000));
console.log(await Promise.race([ended, deadline]));
Deno.exit(0);
