/** Decides whom the runtime trusts: to it, a cluster's CA is one more beside all others. */

/** The stores of authorities that the runtime loads; none when it is empty. */
const STORES = "DENO_TLS_CA_STORE";
/** A file of further authorities. */
const EXTRA = "DENO_CERT";

/** Which variables {@linkcode decideTrust} reads and changes for a moment, where its permissions let it. */
export const TRUST_VARIABLES = [STORES, EXTRA];

/**
 * From here on, nobody is trusted but the CA that a client is given, or else whom the system trusts. Nothing may have
 * connected before: the runtime makes up its mind with its first client, once and for all.
 */
export function decideTrust({ trustsSystem }: { readonly trustsSystem: boolean }): void {
  const isAllowed = (variable: string) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  if (!TRUST_VARIABLES.every(isAllowed)) return;
  if (!trustsSystem) return loadStores("", undefined);
  if (Deno.env.get(STORES)) return;
  try {
    loadStores("system,mozilla", Deno.env.get(EXTRA));
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
