/** The one place that reads the environment: named variables only, and none that we may not read. */

import { EXIT, ExitError } from "./exit.ts";
import { notPermitted } from "./grants.ts";

/** The values of the variables in `names` that are set and that our permissions let us see. */
export function readEnvironment(names: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = isVisible(name) ? Deno.env.get(name) : undefined;
    if (value !== undefined && value !== "") values[name] = value;
  }
  return values;
}

/**
 * The same for variables that decide on what the program acts: one that is not seen must not count as not set.
 *
 * @throws {ExitError} when our permissions hide one
 */
export function requireEnvironment(names: readonly string[]): Record<string, string> {
  const hidden = names.filter((name) => !isVisible(name));
  if (hidden.length > 0) throw new ExitError(EXIT.usage, notPermitted("--allow-env", hidden));
  return readEnvironment(names);
}

function isVisible(variable: string): boolean {
  return Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}
