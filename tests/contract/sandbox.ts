/** The contract's sandbox: driven through its handler, so that no network stands between a row and an answer. */

import { systemClock } from "../../lib/cli/system_clock.ts";
import { startSandbox } from "../../lib/sandbox/mod.ts";
import { installDefinition } from "./install.ts";
import { type ContractServer, contractServer } from "./server.ts";

/** Starts a sandbox with the policies' definition installed. */
export async function startSandboxServer(): Promise<ContractServer> {
  await using started = new AsyncDisposableStack(); // undoes a start that fails half-way
  const sandbox = started.use(await startSandbox({ clock: systemClock }));
  const server = contractServer({
    name: "sandbox",
    url: sandbox.url,
    token: sandbox.token,
    send: (request) => sandbox.handler(request),
    compact: () => Promise.resolve(sandbox.compact()),
    dispose: () => running.disposeAsync(),
  });
  await installDefinition(server);
  const running = started.move();
  return server;
}
