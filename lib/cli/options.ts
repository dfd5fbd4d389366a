/** Parsers of flag values; each says in one sentence what it would have taken. */

import { InvalidArgumentError } from "commander";

/** Gathers a repeatable flag's values. */
export function collect<T>(
  parse: (value: string) => T,
): (value: string, previous: readonly T[]) => readonly T[] {
  return (value, previous) => [...new Set([...previous, parse(value)])];
}

/** Any text but none: an empty flag comes from a shell variable that is not set. */
export function notEmpty(what: string): (value: string) => string {
  return (value) => {
    if (value !== "") return value;
    throw new InvalidArgumentError(`It is empty: write ${what}.`);
  };
}

/** A namespace name, as API servers allow it. */
export function namespaceOption(value: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) return value;
  throw new InvalidArgumentError("Write a namespace name: lowercase letters, digits and dashes.");
}

/** The name of a lease, as API servers allow it. */
export function leaseOption(value: string): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(value)) return value;
  throw new InvalidArgumentError("Write the name of a lease: lowercase letters, digits, dashes and dots.");
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const [SHORTEST_MS, LONGEST_MS] = [1_000, 3_600_000];

/** A duration such as `30s` or `2m` in milliseconds; a bare number counts seconds. */
export function durationOption(value: string): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value) ?? [];
  const ms = Number(amount) * (UNITS[unit] ?? NaN);
  if (ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
  throw new InvalidArgumentError("Write a duration between 1s and 1h, for example 30s.");
}

/** An address to listen on: `host:port`, `:port` for all interfaces of IPv6 and IPv4, or `off` for `0`. */
export function addressOption(value: string): { hostname: string; port: number } | "off" {
  if (value === "0") return "off";
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  if (port <= 65_535) return { hostname: bracketed ?? (plain || "::"), port };
  throw new InvalidArgumentError("Write host:port, for example 127.0.0.1:9090, or 0 to turn it off.");
}

/** Comma-separated values, gathered over repetitions of the flag. */
export function listOption(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, ...value.split(",").map((part) => part.trim()).filter((part) => part !== "")];
}

/** A whole number from 0 to 1,000,000. */
export function countOption(value: string): number {
  const count = Number(value);
  if (/^\d+$/.test(value) && count <= 1_000_000) return count;
  throw new InvalidArgumentError("Write a whole number from 0 to 1000000.");
}

/** A port; 0 for a free one. */
export function portOption(value: string): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new InvalidArgumentError("Write a port from 1 to 65535, or 0 for a free one.");
}
