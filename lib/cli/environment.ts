/** The one place that reads the environment: named variables only, and none that we may not read. */

/** The values of the variables in `names` that are set and that our permissions let us see. */
export function readEnvironment(names: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") continue;
    const value = Deno.env.get(name);
    if (value !== undefined && value !== "") values[name] = value;
  }
  return values;
}
