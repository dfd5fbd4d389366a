// What an API server was asked, from its own audit log.

import { join } from "node:path";

/** One request that the API server has answered, or begun to. */
export interface AuditedRequest {
  readonly user: string;
  /** When it came; milliseconds since 1970, by this machine's clock. */
  readonly at: number;
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** With a subresource after a slash; empty for a path that is no resource. */
  readonly resource: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
  readonly path: string;
  readonly code: number;
}

/** The log of some users' requests. Disposing of it removes it. */
export interface AuditLog extends AsyncDisposable {
  /** What an API server has to be started with, to keep this log. */
  readonly apiServerArgs: readonly string[];
  /** All requests up to now, in their order. */
  requests(): Promise<readonly AuditedRequest[]>;
}

/** Makes a place for the log of what `users` ask. */
export async function createAuditLog(...users: readonly string[]): Promise<AuditLog> {
  const dir = await Deno.makeTempDir({ prefix: "kube-devops-audit-" });
  const [policy, log] = [join(dir, "policy.json"), join(dir, "audit.log")];
  await Deno.writeTextFile(
    policy,
    JSON.stringify({
      apiVersion: "audit.k8s.io/v1",
      kind: "Policy",
      // A watch is booked when its answer begins and when it ends: either will do, and the first comes in time.
      omitStages: ["RequestReceived"],
      rules: [{ level: "Metadata", users }, { level: "None" }],
    }),
  );
  await Deno.writeTextFile(log, "");
  return {
    apiServerArgs: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    async requests() {
      const lines = (await Deno.readTextFile(log)).split("\n").slice(0, -1);
      return lines.map((line) => toRequest(JSON.parse(line)));
    },
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** An event of the log, as far as it is looked at. */
interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

function toRequest(
  { verb, requestURI, requestReceivedTimestamp, user, objectRef = {}, responseStatus = {} }: AuditEvent,
): AuditedRequest {
  const { apiGroup = "", resource = "", subresource, namespace = "" } = objectRef;
  return {
    user: user.username,
    at: Date.parse(requestReceivedTimestamp),
    verb,
    group: apiGroup,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    path: requestURI,
    code: responseStatus.code ?? 0,
  };
}
