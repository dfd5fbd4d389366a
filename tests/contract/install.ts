/** Installs the policies' definition, and waits until a definition is served: a real server takes a moment. */

import { policyCrd } from "../../lib/policy/crd.ts";
import { PATIENCE_MS } from "../support/patience.ts";
import type { ContractServer } from "./server.ts";
import { call, GROUP } from "./team.ts";

const POLL_MS = 20;

/** Installs the policies' definition. */
export async function installDefinition(server: ContractServer): Promise<void> {
  await call(server, "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", policyCrd());
  await untilServed(server, `${GROUP}/devopspolicies`);
}

/** Waits until the collection at `path` can be watched, which after a start comes later than that it can be listed. */
export function untilWatched(server: ContractServer, path: string): Promise<void> {
  return untilServed(server, `${path}?watch=1&resourceVersion=0&timeoutSeconds=1`);
}

/** Waits until the collection at `path` can be listed, and with `object`, until that can be created in it. */
export async function untilServed(server: ContractServer, path: string, object?: unknown): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const response = await server.request(object === undefined ? "GET" : "POST", path, object);
    if (response.ok) return await response.body?.cancel();
    const text = await response.text();
    if (performance.now() > deadline) throw new Error(`not served: ${path}: ${response.status} ${text}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
