/** The errors that cross rooms: what an API server answered, and what kept us from reaching it. */

/** The fields of a Kubernetes `Status` answer that anybody acts on. */
export interface ApiStatus {
  /** The HTTP status code, for example 409. */
  readonly code: number;
  /** The machine-readable word, for example `Conflict`; empty when the server named none. */
  readonly reason: string;
  readonly message: string;
  /** What is wrong field by field; empty when the server gave no details. */
  readonly causes?: readonly string[];
  /** How long the server asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** An API server said no. Source: the HTTP answer, or an `ERROR` event within a watch. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly string[];
  readonly retryAfterMs: number | undefined;

  constructor({ code, reason, message, causes = [], retryAfterMs }: ApiStatus) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.causes = causes;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Why no answer came: the words that metrics labels and retry decisions are made of. */
export type ConnectionProblem = "refused" | "timeout" | "tls" | "dns" | "reset" | "redirect" | "other";

/** No usable answer came from the API server. Source: the network, TLS, or one of our own timers. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";

  constructor(readonly problem: ConnectionProblem, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Credentials or a kubeconfig cannot be used as they are. The message is one sentence with the next step. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/** This replica leads no more: its lease went to another one, or was not renewed in time. The message says which. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

/** The kind of an error, for metric labels: never its text, which an API server or a pod may choose. */
export function errorKind(error: unknown): string {
  if (error instanceof ApiError) return error.code >= 500 ? "server_error" : `http_${error.code}`;
  if (error instanceof ConnectionError) return `connection_${error.problem}`;
  if (error instanceof CredentialsError) return "credentials";
  if (error instanceof LeaseLostError) return "lease_lost";
  return "internal";
}

/** Whether the API server has no such object (any more). */
export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 404;
}

/** Whether the object moved on since we read it: 409, or the 422 without details of a failed `test` in a JSON patch. */
export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError &&
    (error.code === 409 || (error.code === 422 && error.causes.length === 0));
}

/** Whether the server has made up its mind: not for us, or not here. Waiting will not change that, or only for a moment. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [401, 403, 404].includes(error.code);
}

/** Whether the server understood what was asked, and does not do such things. */
export function isUnserved(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 400 || error.code === 422);
}

/** Whether the asked-for history is gone, or not there yet (the server may have been restored): only a relist helps. */
export function isGone(error: unknown): error is ApiError {
  return error instanceof ApiError &&
    (error.code === 410 || error.reason === "Expired" || error.reason === "Gone" ||
      [error.message, ...error.causes].some((text) => text.startsWith("Too large resource version")));
}

/** Whether the request holds more than the server can store, which its store says with a 500. */
function isTooLarge({ code, message }: ApiError): boolean {
  return code === 413 || message.includes("request is too large");
}

/** Whether the same request may succeed a little later without anybody doing anything. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.problem !== "tls" && error.problem !== "redirect";
  return error instanceof ApiError && !isTooLarge(error) &&
    [408, 429, 500, 502, 503, 504].includes(error.code);
}
