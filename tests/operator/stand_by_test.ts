/** Standing by: serves and waits, leads on the same address, tells what it does once, and gives up what cannot heal. */

import assert from "node:assert/strict";
import { ApiError, CredentialsError } from "../../lib/api/errors.ts";
import type { LeaseClient } from "../../lib/api/ports.ts";
import { type Listen, listen } from "../../lib/operator/server.ts";
import { standBy } from "../../lib/operator/stand_by.ts";
import type { Term } from "../../lib/runtime/held_lease.ts";
import { LeaseServer, NEVER, unreachable } from "../support/election.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { recordingLogger } from "../support/recording_logger.ts";

const ANYWHERE = { hostname: "127.0.0.1", port: 0 };

/** A replica on that lease; disposing of it stops it. */
function start(client: LeaseClient, lead: (term: Term, listen: Listen) => Promise<void> = forever) {
  const clock = new ManualClock();
  const { log, records } = recordingLogger();
  const stop = new AbortController();
  const ended = standBy(
    {
      lease: client,
      identity: "one",
      clock,
      log,
      version: "1.2.3",
      listenOn: ANYWHERE,
      memory: () => ({ rss: 1, heapUsed: 1 }),
      explain: (error) => (error as Error).message,
      isHopeless: (error) => error instanceof CredentialsError,
    },
    stop.signal,
    (term, listen) => Promise.race([lead(term, listen), aborted(stop.signal)]),
  );
  ended.catch(() => {});
  const told = () =>
    records.map(({ message, properties }) =>
      `${message} ${properties["leader"] ?? properties["problem"] ?? ""}`.trim()
    );
  const get = async (path: string) => {
    const { address } = records.find(({ message }) => message.startsWith("serving"))!.properties;
    const response = await fetch(`http://${address}${path}`);
    return [response.status, await response.text()] as const;
  };
  return {
    clock,
    ended,
    told,
    get,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended.catch(() => {});
      assert.equal(clock.pending, 0);
    },
  };
}

/** A lease that another replica holds. */
async function heldByAnother(): Promise<LeaseServer> {
  const server = new LeaseServer();
  await server.client().create({ holder: "other", durationMs: 15_000, transitions: 0 }, NEVER);
  return server;
}

Deno.test("a replica that knows of a leader is alive and ready, and has the metrics of its process", async () => {
  const server = await heldByAnother();
  await using replica = start(server.client());
  await replica.clock.advance(0);
  assert.deepEqual(await replica.get("/healthz"), [200, "ok\n"]);
  assert.deepEqual(await replica.get("/readyz"), [200, "ok\n"]);
  assert.match((await replica.get("/metrics"))[1], /^devopspolicy_leader 0$/m);
  await replica.clock.advance(10_000);
  assert.deepEqual(replica.told(), ["serving health and metrics", "standing by other"]);
});

Deno.test("a replica that cannot see the lease is not ready, and says so once for each reason", async () => {
  const server = await heldByAnother();
  let problem: Error | undefined = unreachable();
  const broken = () => problem === undefined ? Promise.resolve() : Promise.reject(problem);
  await using replica = start(server.client(broken));
  await replica.clock.advance(4_000);
  assert.deepEqual(await replica.get("/readyz"), [503, "waiting for the lease\n"]);
  problem = new ApiError({ code: 403, reason: "Forbidden", message: "forbidden" });
  await replica.clock.advance(4_000);
  problem = undefined;
  await replica.clock.advance(2_000);
  assert.deepEqual(await replica.get("/readyz"), [200, "ok\n"]);
  problem = unreachable();
  await replica.clock.advance(4_000);
  assert.deepEqual(replica.told(), [
    "serving health and metrics",
    "cannot read or renew the lease, trying again unreachable",
    "cannot read or renew the lease, trying again forbidden",
    "standing by other",
    "cannot read or renew the lease, trying again unreachable",
  ]);
});

Deno.test("a replica that has not seen the lease for two minutes is not ready, and is again when it sees it", async () => {
  const server = await heldByAnother();
  let problem: Error | undefined;
  const broken = () => problem === undefined ? Promise.resolve() : Promise.reject(problem);
  await using replica = start(server.client(broken));
  await replica.clock.advance(10_000);
  problem = unreachable();
  await replica.clock.advance(118_000);
  assert.deepEqual(await replica.get("/readyz"), [200, "ok\n"]);
  await replica.clock.advance(4_000);
  const [code, text] = await replica.get("/readyz");
  assert.equal(code, 503);
  assert.match(text, /^waiting for the lease, last heard of 12\d s ago,\n$/);
  assert.deepEqual(await replica.get("/healthz"), [200, "ok\n"]);
  problem = undefined;
  await replica.clock.advance(2_000);
  assert.deepEqual(await replica.get("/readyz"), [200, "ok\n"]);
});

Deno.test("a replica that leads answers with what the operator serves, on the address that it had", async () => {
  const server = await heldByAnother();
  const serving = Promise.withResolvers<void>();
  await using replica = start(server.client(), async (_term, serve) => {
    await using _ = serve(ANYWHERE, () => Promise.resolve(new Response("the operator")));
    serving.resolve();
    await forever();
  });
  await replica.clock.advance(0);
  assert.equal((await replica.get("/readyz"))[1], "ok\n");
  await replica.clock.advance(15_000);
  await serving.promise;
  assert.equal((await replica.get("/readyz"))[1], "the operator");
  assert.deepEqual(replica.told().at(-1), "leading");
});

Deno.test("a replica ends with what its leader throws, having given the lease back", async () => {
  const server = new LeaseServer();
  await using replica = start(server.client(), () => Promise.reject(new RangeError("a bug")));
  await assert.rejects(replica.ended, { message: "a bug" });
  assert.equal(server.lease?.holder, "");
});

Deno.test("a replica whose credentials can never be used gives up, and one that has seen the lease does not", async () => {
  const server = await heldByAnother();
  let isBroken = true;
  const broken = () => isBroken ? Promise.reject(new CredentialsError("no token")) : Promise.resolve();
  await using hopeless = start(server.client(broken));
  await assert.rejects(hopeless.ended, { message: "no token" });
  isBroken = false;
  await using other = start(server.client(broken));
  await other.clock.advance(0);
  isBroken = true;
  await other.clock.advance(10_000);
  assert.equal(other.told().at(-1), "cannot read or renew the lease, trying again no token");
});

Deno.test("a replica whose address is taken gives up, and leaves no timer behind", async () => {
  await using taken = listen(ANYWHERE, () => Promise.resolve(new Response()));
  const clock = new ManualClock();
  const running = standBy(
    {
      lease: new LeaseServer().client(),
      identity: "one",
      clock,
      log: recordingLogger().log,
      version: "1.2.3",
      listenOn: { ...ANYWHERE, port: Number(taken.address.split(":")[1]) },
      memory: () => ({ rss: 1, heapUsed: 1 }),
      explain: String,
      isHopeless: () => false,
    },
    NEVER,
    forever,
  );
  await assert.rejects(running, { name: "ListenError" });
  assert.equal(clock.pending, 0);
});

function forever(): Promise<void> {
  return new Promise(() => {});
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
