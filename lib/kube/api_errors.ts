/** Turns an API server's refusal into an `ApiError`, whatever stands in front of it answers with. */

import { ApiError } from "../api/errors.ts";
import { escapeText } from "../api/text.ts";

/** A `Retry-After` longer than this is held to be a mistake; milliseconds. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/** The error that a refused request stands for; `body` is the answer's, parsed if it was JSON. */
export function toApiError(response: Response, body: unknown): ApiError {
  // A gateway's body may count in codes of its own; the answer's status is what HTTP says.
  const status = { ...record(body), code: response.status };
  return fromStatus(status, response.status, parseRetryAfter(response.headers.get("retry-after")));
}

/** The error in a `Status` object, as an `ERROR` event of a watch carries it. */
export function fromStatus(status: unknown, fallbackCode: number, retryAfterMs?: number): ApiError {
  const { code, reason, message, details } = record(status);
  const { causes, retryAfterSeconds } = record(details);
  return new ApiError({
    code: typeof code === "number" ? code : fallbackCode,
    reason: typeof reason === "string" ? reason : "",
    message: typeof message === "string" ? escapeText(message, 1024) : `HTTP status ${fallbackCode}`,
    causes: Array.isArray(causes)
      ? causes.map((cause) => escapeText(String(record(cause).message ?? "")))
      : [],
    retryAfterMs: retryAfterMs ??
      (typeof retryAfterSeconds === "number" && retryAfterSeconds > 0
        ? Math.min(retryAfterSeconds * 1000, MAX_RETRY_AFTER_MS)
        : undefined),
  });
}

/** `Retry-After` in milliseconds; API servers send whole seconds, proxies may send a date, which is left aside. */
export function parseRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header)
    ? Math.min(Number(header) * 1000, MAX_RETRY_AFTER_MS)
    : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
