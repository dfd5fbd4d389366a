/** The port behind which requests become bytes: on the runtime's HTTP client, or on a socket. */

import type { LinkedAbort } from "../api/abort.ts";
import type { Body } from "./body_buffer.ts";
import type { Access } from "./credentials.ts";

/** A request whose body is there, so that it can be sent twice. */
export interface WireRequest {
  readonly url: string;
  readonly method: string;
  /** Several of one name stay several. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** An answer as it begins. Its body is read once: as a whole, or as it comes. */
export interface Answer extends Pick<Response, "ok" | "status" | "statusText" | "headers" | "text" | "json"> {
  readonly body: Body | null;
}

/** What else it takes to send it. */
export interface WireOptions {
  /** Where the credentials come from, for a sentence about certificates. */
  readonly origin: string;
  /** Disposed of once the body of the answer has ended or was given up; the body ends when it aborts. */
  readonly life: LinkedAbort;
  /** Called last, once there is a connection if it can be helped; what it throws is thrown in place of sending. */
  readonly beforeSending: () => void;
  /** Tells in our own terms what breaks the body. */
  readonly toError: (error: unknown) => unknown;
}

/**
 * Sends a request and gives the answer as soon as it begins; a redirect is an error.
 *
 * @throws {CredentialsError} for unusable certificates, else what the network says in the words of the runtime
 */
export type Wire = (request: WireRequest, access: Access, options: WireOptions) => Promise<Answer>;
