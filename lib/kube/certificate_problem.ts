/** Says in one sentence what is wrong with certificates or a key, from the words in which the runtime refuses them. */

import { CredentialsError } from "../api/errors.ts";

/** What the runtime says of certificates and keys, and what it means. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/KeyMismatch/, "the client key is of another certificate"],
  [/UnsupportedCertVersion/, "the client certificate is of X.509 version 1, not 3"],
  [/No keys found|Unable to decode key/, "the client key is none that can be read"],
  [/No certificates found/, "there is no certificate where one should be"],
];

/** The problem that `error` tells of; undefined when it tells of something else. */
export function certificateProblem(error: unknown, origin: string): CredentialsError | undefined {
  const said = error instanceof Error ? error.message : String(error);
  const [, reason] = KNOWN.find(([pattern]) => pattern.test(said)) ?? [];
  return reason === undefined ? undefined : unusable(reason, origin, error);
}

/** The certificates of `origin` cannot be used, for `reason`. */
export function unusable(reason: string, origin: string, cause: unknown): CredentialsError {
  return new CredentialsError(
    `The certificates of ${origin} cannot be used: ${reason}. ` +
      "Check certificate-authority, client-certificate and client-key.",
    { cause },
  );
}

/**
 * The runtime takes a CA without a certificate in it for no CA at all, and would trust the system's instead.
 *
 * @throws {CredentialsError}
 */
export function requireCertificate(ca: string | undefined, origin: string): void {
  if (ca === undefined || ca.includes("-----BEGIN CERTIFICATE-----")) return;
  throw new CredentialsError(`The CA of ${origin} holds no certificate: check certificate-authority.`);
}
