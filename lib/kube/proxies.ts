/** Which proxy the runtime goes through because of its environment, and when that is likely not meant. */

import type { Access, Credentials } from "./credentials.ts";
import type { Environment } from "./find_credentials.ts";

/** The variables that the runtime's `fetch` looks at; of several that are set, the first counts. */
const PROXIES = {
  "https:": ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"],
  "http:": ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"],
};
const EXCEPTIONS = ["NO_PROXY", "no_proxy"];

/** Which variables {@linkcode proxyWarning} looks at. */
export const PROXY_VARIABLES = [...new Set([...PROXIES["https:"], ...PROXIES["http:"], ...EXCEPTIONS])];

/** The variable that names the proxy through which the runtime reaches `server`; undefined when it goes straight there. */
export function proxyVariable(server: string, environment: Environment): string | undefined {
  const { protocol, hostname } = new URL(server);
  const variables = PROXIES[protocol as keyof typeof PROXIES];
  return exception(hostname, environment) === undefined
    ? variables.find((name) => environment[name] !== undefined)
    : undefined;
}

/**
 * A warning, in one sentence, that the API server is reached through a proxy that nobody has named for it, or not through
 * the one that the kubeconfig names; undefined when neither is so.
 */
export function proxyWarning(
  { server, origin }: Pick<Credentials, "server" | "origin">,
  { proxy }: Pick<Access, "proxy">,
  environment: Environment,
): string | undefined {
  const { hostname } = new URL(server);
  const host = withoutBrackets(hostname);
  if (proxy !== undefined) {
    const exceptions = exception(hostname, environment);
    if (exceptions === undefined) return undefined;
    return `The proxy-url of ${origin} is not used, since ${exceptions} covers ${host}: ` +
      `take it out of ${exceptions} if the API server cannot be reached without.`;
  }
  const variable = proxyVariable(server, environment);
  if (variable === undefined) return undefined;
  return `The API server at ${server} is reached through the proxy that ${variable} names: ` +
    `add ${host} to ${exceptionsVariable(environment)} if that is not meant.`;
}

/** The variable whose rules keep the runtime from using a proxy for a host; undefined when none does. */
function exception(hostname: string, environment: Environment): string | undefined {
  const variable = exceptionsVariable(environment);
  const rules = (environment[variable] ?? "").split(",");
  return rules.some((rule) => covers(rule.trim(), withoutBrackets(hostname))) ? variable : undefined;
}

function exceptionsVariable(environment: Environment): string {
  return EXCEPTIONS.find((name) => environment[name] !== undefined) ?? EXCEPTIONS[0]!;
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** Whether a rule of `NO_PROXY` covers a host, to the runtime: it knows neither `*.` nor ports, and `*` is for names. */
function covers(rule: string, host: string): boolean {
  const bits = addressBits(host);
  if (bits === undefined) return rule === "*" || `.${host}`.endsWith(`.${rule.replace(/^\./, "")}`);
  const [, network = "", length = bits.length] = /^([^/]+)(?:\/(\d+))?$/.exec(rule) ?? [];
  const prefix = addressBits(network);
  return prefix?.length === bits.length && bits.startsWith(prefix.slice(0, Number(length)));
}

/** An IP address as a text of 32 or 128 zeros and ones; undefined for anything else. */
function addressBits(address: string): string | undefined {
  if (/^\d+(\.\d+){3}$/.test(address)) return toBits(address.split("."), 10, 8);
  const [head = [], tail = []] = address.split("::").map((half) => half === "" ? [] : half.split(":"));
  const gap = address.includes("::") ? Math.max(0, 8 - head.length - tail.length) : 0;
  const groups = [...head, ...Array<string>(gap).fill("0"), ...tail];
  const isAddress = groups.length === 8 && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
  return isAddress ? toBits(groups, 16, 16) : undefined;
}

function toBits(parts: readonly string[], radix: number, width: number): string {
  return parts.map((part) => parseInt(part, radix).toString(2).padStart(width, "0")).join("");
}
