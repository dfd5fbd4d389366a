/** Tells what kept us from an answer, from the words in which the runtime's `fetch` says it. */

import { ConnectionError, type ConnectionProblem } from "../api/errors.ts";
import { escapeText } from "../api/text.ts";

/** What the runtime says, what it means, and how to say it to a person; the first match counts. */
const KNOWN: readonly (readonly [RegExp, ConnectionProblem, string])[] = [
  // A server that goes away within TLS is told in words that name TLS, but nothing is wrong with its certificate.
  [/close_notify|handshake eof/, "reset", "the connection broke"],
  [
    // A bad signature is that of an authority which has the name of ours, but another key.
    /invalid peer certificate: (UnknownIssuer|BadSignature)|CaUsedAsEndEntity/,
    "tls",
    "its certificate is signed by an unknown authority",
  ],
  [/certificate (expired|not valid yet)/, "tls", "its certificate has expired or is not valid yet"],
  [/certificate not valid for name/, "tls", "its certificate is for another name"],
  [/certificate|tls handshake|TLS|InvalidContentType|HandshakeFailure/i, "tls", "the TLS handshake failed"],
  [/redirect/i, "redirect", "it answers with a redirect, which is never followed"],
  [/dns error|failed to lookup address/, "dns", "its name cannot be resolved"],
  [/proxy authentication required/, "other", "the proxy wants a user name and password, in proxy-url"],
  [/Connection refused/, "refused", "connection refused"],
  [/timed out|deadline/i, "timeout", "it does not answer in time"],
  [
    /connection closed|reset|broken pipe|reading a body|unexpected eof|IncompleteMessage/i,
    "reset",
    "the connection broke",
  ],
];

/** A connection error in words for a person: `Cannot reach the API server at https://…: connection refused.` */
export function toConnectionError(error: unknown, server: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const [problem, words, cause] = networkProblem(error);
  return new ConnectionError(problem, `Cannot reach the API server at ${server}: ${words}.`, cause);
}

/** The kind of problem that the runtime means, how to say it to a person, and the cause that may be told with it. */
export function networkProblem(error: unknown): readonly [ConnectionProblem, string, { cause?: unknown }] {
  // Without addresses: a namespace may be called "tls-certificates".
  const told = messages(error).replaceAll(/https?:\/\/[^\s)]+/g, "the server");
  // The runtime quotes a header that it cannot send, token and all: neither these words nor their error go any further.
  if (/header|bearer/i.test(told)) return ["other", "a header is not valid", {}];
  const known = KNOWN.find(([pattern]) => pattern.test(told));
  const [, problem, words] = known ?? [undefined, "other" as const, escapeText(told.split("\n", 1)[0] ?? "")];
  return [problem, words, { cause: error }];
}

/** What reading an answer threw: the runtime's own `TypeError` in our terms, anything else as it is. */
export function fromFetch(error: unknown, server: string): unknown {
  return error instanceof TypeError ? toConnectionError(error, server) : error;
}

/** The message of an error and of what caused it: the runtime puts the reason one level down. */
function messages(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messages(error.cause)}`;
}
