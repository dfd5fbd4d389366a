/** Requests as `openapi-fetch` makes them, with a body that stays text. */

import type { WireRequest } from "./wire.ts";

/** What of a request is sent; the runtime's would parse its URL and put a stream before its body, each for nothing. */
export class TextRequest implements WireRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;

  constructor(
    url: string,
    { method, headers, body }: {
      readonly method: string;
      readonly headers: Headers;
      readonly body?: string | undefined;
    },
  ) {
    this.url = url;
    this.method = method;
    this.headers = [...headers];
    this.body = body;
  }
}
