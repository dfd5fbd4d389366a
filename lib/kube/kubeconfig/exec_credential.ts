/** The protocol of credential plugins, `client.authentication.k8s.io`: what one is told, and what it answers. */

import { bearer } from "../credentials.ts";
import type { Identity } from "./identity.ts";

/** The versions of the protocol that there still are; they say the same. */
export const EXEC_VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/** What a plugin is told, in `KUBERNETES_EXEC_INFO`. */
export interface ExecInfo {
  readonly apiVersion: string;
  /** Whether there is somebody at the terminal whom it may ask. */
  readonly interactive: boolean;
  /** The cluster, if the kubeconfig says that the plugin wants to know. */
  readonly cluster: Readonly<Record<string, unknown>> | undefined;
}

/** What a plugin answered. */
export interface ExecCredential {
  readonly identity: Identity;
  /** Until when; milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What a plugin did wrong, in words that go after its name; none of them is its own, which may be a secret. */
export class PluginError extends Error {
  override readonly name = "PluginError";
}

/** The text of `KUBERNETES_EXEC_INFO`. */
export function execInfo({ apiVersion, interactive, cluster }: ExecInfo): string {
  return JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { cluster, interactive } });
}

/**
 * The credential that a plugin of that version printed.
 *
 * @throws {PluginError} when that is none
 */
export function parseExecCredential(printed: string, apiVersion: string): ExecCredential {
  const answer = map(parseJson(printed));
  const status = map(answer.status);
  if (answer.apiVersion !== undefined && answer.apiVersion !== apiVersion) {
    throw new PluginError(`answered in another version than ${apiVersion}`);
  }
  const token = text(status.token);
  const [cert, key] = [text(status.clientCertificateData), text(status.clientKeyData)];
  if ((cert === undefined) !== (key === undefined)) {
    throw new PluginError("printed half of a client certificate and its key");
  }
  if (token === undefined && cert === undefined) throw new PluginError("printed no credential");
  return {
    identity: {
      ...(token !== undefined && { authorization: bearer(token) }),
      ...(cert !== undefined && key !== undefined && { client: { cert, key } }),
    },
    expiresAt: parseExpiry(status.expirationTimestamp),
  };
}

function parseJson(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch {
    throw new PluginError("printed no credential, but something that is no JSON");
  }
}

/** One that names no time is good until the server rejects it. */
function parseExpiry(expiry: unknown): number {
  const expiresAt = expiry === undefined || expiry === null ? Infinity : Date.parse(String(expiry));
  if (!Number.isNaN(expiresAt)) return expiresAt;
  throw new PluginError("printed an expirationTimestamp that is no time");
}

function map(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
