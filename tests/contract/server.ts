/** What the contract asks of a server, whichever it is: requests as the admin, watches, and a way to grow old. */

import { openWatch, type Watch } from "./watch.ts";

/** A server that the contract can be tried on. */
export interface ContractServer extends AsyncDisposable {
  readonly name: "sandbox" | "kube-apiserver";
  /**
   * Sends one request with the admin's token, unless `headers` bring another. Text and bytes are sent as they are,
   * anything else as JSON; a PATCH is a merge patch unless `headers` say otherwise.
   */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Opens a watch; throws unless it is accepted. */
  openWatch(path: string, headers?: Record<string, string>): Promise<Watch>;
  /** Makes all resource versions of before expire; undefined where that cannot be forced. */
  readonly compact: (() => Promise<void>) | undefined;
}

/** What tells one server from another. */
export interface ServerOptions {
  readonly name: ContractServer["name"];
  readonly url: string;
  readonly token: string;
  readonly send: (request: Request) => Promise<Response>;
  readonly compact: (() => Promise<void>) | undefined;
  readonly dispose: () => Promise<void>;
}

/** Makes a server out of a way to send requests. */
export function contractServer({ name, url, token, send, compact, dispose }: ServerOptions): ContractServer {
  const request: ContractServer["request"] = (method, path, body, headers = {}) => {
    const typed = new Headers({
      authorization: `Bearer ${token}`,
      ...(body !== undefined && {
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      }),
      ...headers,
    });
    const isRaw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    const sent = isRaw ? body as BodyInit | undefined : JSON.stringify(body);
    return send(
      new Request(url + path, { method, headers: typed, ...(sent !== undefined && { body: sent }) }),
    );
  };
  return {
    name,
    request,
    openWatch: async (path, headers) => openWatch(await request("GET", path, undefined, headers), path),
    compact,
    [Symbol.asyncDispose]: dispose,
  };
}
