/** Exchanges a refresh-token for an id-token at an OIDC issuer. */

import { CredentialsError } from "../../api/errors.ts";
import { createClient } from "../http_client.ts";
import { networkProblem } from "../network_errors.ts";

/** What is exchanged, where, and by whom. */
export interface Refresh {
  /** The issuer's URL. */
  readonly issuer: string;
  /** The issuer's CA, PEM; the system's authorities when left out. */
  readonly ca: string | undefined;
  readonly client: { readonly id: string; readonly secret: string | undefined };
  readonly refreshToken: string;
  /** Whose tokens they are, as a person would say it. */
  readonly origin: string;
}

/** What is got for it. */
export interface Tokens {
  readonly idToken: string;
  /** The one to use the next time, if the issuer gives a new one. */
  readonly refreshToken: string | undefined;
}

/** How long the issuer may take; milliseconds. */
const TIMEOUT_MS = 30_000;

type Json = Readonly<Record<string, unknown>>;

/**
 * Asks the issuer for new tokens.
 *
 * @throws {CredentialsError} in one sentence, which quotes nothing that the issuer says but the code of its refusal
 */
export async function refreshTokens(refresh: Refresh): Promise<Tokens> {
  const { issuer, ca, origin } = refresh;
  const where = URL.parse(issuer)?.host || "its issuer";
  const cannot = (problem: string) =>
    new CredentialsError(`Cannot renew the id-token of ${origin} at ${where}: ${problem}.`);
  const client = createClient({ tls: { ca, client: undefined } }, `the issuer of ${origin}`);
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(cannot(`it did not answer within ${TIMEOUT_MS / 1000} s`));
    abort.abort();
  }, TIMEOUT_MS);
  const ask = async (url: string, init: RequestInit = {}): Promise<Json> => {
    try {
      const response = await fetch(url, { ...init, client, redirect: "error", signal: abort.signal });
      const answer: unknown = await response.json();
      if (response.ok && typeof answer === "object" && answer !== null) return answer as Json;
      throw cannot(refusal(response.status, answer));
    } catch (error) {
      if (error instanceof CredentialsError) throw error;
      throw cannot(error instanceof SyntaxError ? "its answer is no JSON" : networkProblem(error)[1]);
    }
  };
  try {
    return await Promise.race([exchange(refresh, ask, cannot), late.promise]);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}

async function exchange(
  { issuer, client, refreshToken }: Refresh,
  ask: (url: string, init?: RequestInit) => Promise<Json>,
  cannot: (problem: string) => CredentialsError,
): Promise<Tokens> {
  if (!isSecure(issuer)) throw cannot("idp-issuer-url has to be an https address");
  const { token_endpoint: endpoint, token_endpoint_auth_methods_supported: methods } = await ask(
    `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
  );
  if (!isSecure(endpoint)) throw cannot("it names no token_endpoint with an https address");
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
  const headers = new Headers({ accept: "application/json" });
  const isInForm = client.secret === undefined ||
    Array.isArray(methods) && !methods.includes("client_secret_basic");
  if (isInForm) {
    form.set("client_id", client.id);
    if (client.secret !== undefined) form.set("client_secret", client.secret);
  } else {
    const pair = [client.id, client.secret ?? ""].map(encodeURIComponent).join(":");
    headers.set("authorization", `Basic ${btoa(pair)}`);
  }
  const { id_token: idToken, refresh_token: next } = await ask(endpoint, {
    method: "POST",
    headers,
    body: form,
  });
  if (typeof idToken !== "string") {
    throw cannot("it answers without an id_token: log in again with the scope openid");
  }
  return { idToken, refreshToken: typeof next === "string" ? next : undefined };
}

function isSecure(url: unknown): url is string {
  return typeof url === "string" && URL.parse(url)?.protocol === "https:";
}

/** OAuth's codes are words; a description may say anything. */
function refusal(status: number, answer: unknown): string {
  const { error } = (answer ?? {}) as Json;
  const code = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
  return `it answers ${status}${code}. Log in again`;
}
