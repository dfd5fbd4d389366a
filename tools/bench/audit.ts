/** Who asked the API server for what: its audit log, of the contenders alone. */

import { join } from "node:path";

/** One request as the audit log tells of it. */
export interface Request {
  readonly verb: string;
  /** The plural, with a subresource after a slash. */
  readonly resource: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
  /** The status of the answer. */
  readonly code: number;
  /** When it came; milliseconds since 1970. */
  readonly receivedAt: number;
}

interface AuditEvent {
  readonly stage: string;
  readonly requestReceivedTimestamp: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** Everybody else is left out, so that the log costs the server next to nothing. */
const POLICY = (users: readonly string[]) => ({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [{ level: "Metadata", users, omitManagedFields: true }, { level: "None" }],
});

/** The audit log of an API server. */
export class AuditLog {
  readonly #path: string;
  /** The arguments that make the API server write it. */
  readonly apiServerArgs: readonly string[];

  private constructor(dir: string) {
    this.#path = join(dir, "audit.log");
    this.apiServerArgs = [
      `--audit-policy-file=${join(dir, "audit-policy.json")}`,
      `--audit-log-path=${this.#path}`,
      "--audit-log-mode=blocking", // a request that was answered is in the log
    ];
  }

  /** Prepares a log of the requests of `users` in the folder `dir`. */
  static async of(users: readonly string[], dir: string): Promise<AuditLog> {
    await Deno.writeTextFile(join(dir, "audit-policy.json"), JSON.stringify(POLICY(users)));
    return new AuditLog(dir);
  }

  /** Where the log ends now; for {@linkcode since}. */
  async end(): Promise<number> {
    try {
      return (await Deno.stat(this.#path)).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }

  /** What was asked between two ends. */
  async between(from: number, to: number): Promise<readonly Request[]> {
    using file = await Deno.open(this.#path);
    await file.seek(from, Deno.SeekMode.Start);
    const bytes = new Uint8Array(to - from);
    let read = 0;
    while (read < bytes.length) read += await file.read(bytes.subarray(read)) ?? bytes.length;
    return parseAudit(new TextDecoder().decode(bytes));
  }
}

/** The requests that the lines of an audit log tell of, each once: a watch when it begins, all else when it is answered. */
export function parseAudit(lines: string): readonly Request[] {
  return lines.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ verb, stage }) => stage === (verb === "watch" ? "ResponseStarted" : "ResponseComplete"))
    .map((
      {
        verb,
        objectRef: { resource = "", subresource, namespace = "" } = {},
        responseStatus,
        requestReceivedTimestamp,
      },
    ) => ({
      verb,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      namespace,
      code: responseStatus?.code ?? 0,
      receivedAt: Date.parse(requestReceivedTimestamp),
    }));
}
