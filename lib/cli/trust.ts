/** Decides whom the runtime trusts: to it, a cluster's CA is one more beside all others. */

import { requireEnvironment } from "./environment.ts";
import { TRUST_VARIABLES } from "./grants.ts";

const [STORES, EXTRA] = TRUST_VARIABLES;

/**
 * From here on, nobody is trusted but the CA that a client is given, or else whom the system trusts. Nothing may have
 * connected before: the runtime makes up its mind with its first client, once and for all.
 *
 * @throws {ExitError} without the permission for it
 */
export function decideTrust({ trustsSystem }: { readonly trustsSystem: boolean }): void {
  const { [STORES]: stores, [EXTRA]: extra } = requireEnvironment(TRUST_VARIABLES);
  if (!trustsSystem) return loadStores("", undefined);
  if (stores !== undefined) return;
  try {
    loadStores("system,mozilla", extra);
  } catch {
    // A container without certificates has no store of its own; then those of the runtime have to do.
  }
}

/** Makes the first client under these variables, which then are again as they were: plugins see them, too. */
function loadStores(stores: string, extra: string | undefined): void {
  const before = TRUST_VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  setAll([[STORES, stores], [EXTRA, extra]]);
  try {
    Deno.createHttpClient({}).close();
  } finally {
    setAll(before);
  }
}

function setAll(variables: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
}
