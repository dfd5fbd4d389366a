/** What tests of lost races have in common: something that happens in between, once. */

import type { ClientCall } from "./fake_policy_client.ts";
import type { FakeCluster } from "./fake_cluster.ts";

/** Does `act` before the first call of `verb`, and only then. */
export function once(cluster: FakeCluster, verb: ClientCall["verb"], act: () => void): void {
  let done = false;
  cluster.before = (call) => {
    if (done || call.verb !== verb) return;
    done = true;
    act();
  };
}

/** The calls of the operator's client and what became of them, each as `patch done`. */
export const calls = (cluster: FakeCluster) => cluster.calls.map(({ verb, result }) => `${verb} ${result}`);
