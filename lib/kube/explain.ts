/** Says what went wrong with an API server in one sentence, with the next step. */

import { ApiError, ConnectionError } from "../api/errors.ts";
import type { Credentials } from "./credentials.ts";

type Who = Pick<Credentials, "server" | "origin">;

/** `error` for a person who used `origin` to do `what`, for example `list pods`. */
export function explain(error: unknown, { server, origin }: Who, what: string): string {
  if (error instanceof ApiError) return explainRefusal(error, { server, origin }, what);
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ConnectionError)) return message;
  return `${message.replace(/\.$/, "")}. ${NEXT_STEP[error.problem]} (${origin})`;
}

const NEXT_STEP: Readonly<Record<ConnectionError["problem"], string>> = {
  refused: "Is the cluster running?",
  timeout: "Is the cluster running, and the network between here and there up?",
  dns: "Is the server's name right?",
  tls: "Check certificate-authority and the server's address.",
  reset: "Is the API server restarting?",
  redirect: "Use the API server's own address.",
  other: "Check the server's address.",
};

function explainRefusal({ code, message }: ApiError, { server, origin }: Who, what: string): string {
  switch (code) {
    case 401:
      return `Cannot ${what}: ${server} rejects the credentials of ${origin}. Renew them, or choose others.`;
    case 403:
      return `Not allowed to ${what}: ${explainForbidden(message, origin)}`;
    default:
      return `Cannot ${what}: ${server} answers ${code}: ${message.replace(/\.$/, "")}. (${origin})`;
  }
}

/** How API servers word the refusal of an authorizer; that of an admission plugin or a gateway is worded otherwise. */
const FORBIDDEN =
  /User "(.+)" cannot (\S+) resource "(\S+)" in API group "(\S*)" (at the cluster scope|in the namespace "\S+")/;

/** Who lacks which right, and where. */
function explainForbidden(message: string, origin: string): string {
  const [matched, user, verb, resource, group, where] = FORBIDDEN.exec(message) ?? [];
  if (matched === undefined) return `${message.replace(/\.$/, "")}. Ask who runs the cluster. (${origin})`;
  return `${user} may not ${verb} ${resource} ${where}. ` +
    `Grant it the verb "${verb}" on "${resource}" in the API group "${group}". (${origin})`;
}
