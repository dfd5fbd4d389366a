/** The typed client: `openapi-fetch` over our transport, its answers as values and its refusals as errors. */

import createFetchClient, { type Client } from "openapi-fetch";
import { ConnectionError } from "../api/errors.ts";
import { toApiError } from "./api_errors.ts";
import type { paths } from "./generated/api.ts";
import { fromFetch } from "./network_errors.ts";
import { TextRequest } from "./text_request.ts";
import type { Fetch, Transport } from "./transport.ts";

/** The calls that the operator makes, typed by the API server's own description of them. */
export type ApiClient = Client<paths>;

/** What such a call is made with; see {@linkcode toClientFetch}. */
export type ClientFetch = (request: Request) => Promise<Response>;

/** A client for the server at `server`; each call brings the `fetch` of the connection that it goes over. */
export function createApiClient({ server }: Pick<Transport, "server">): ApiClient {
  return createFetchClient<paths>({ baseUrl: server, Request: TextRequest as unknown as typeof Request });
}

/** `fetch` for a client made here, which makes requests of ours and asks of an answer no more than ours can give. */
export function toClientFetch(fetch: Fetch): ClientFetch {
  return fetch as unknown as ClientFetch;
}

/**
 * What a call brought.
 *
 * @throws {ApiError} when the server refused
 * @throws {ConnectionError} when there was no answer, or one that no API server gives
 */
export async function answer<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
  server: string,
): Promise<NonNullable<T>> {
  try {
    const { data, error, response } = await call;
    if (!response.ok) throw toApiError(response, error);
    if (data === undefined || data === null) throw notAnApiServer(server);
    return data;
  } catch (error) {
    if (error instanceof SyntaxError) throw notAnApiServer(server, error);
    throw fromFetch(error, server);
  }
}

function notAnApiServer(server: string, cause?: unknown): ConnectionError {
  const message =
    `The answer from ${server} is not an API server's: is a proxy or a login page in front of it?`;
  return new ConnectionError("other", message, { cause });
}
