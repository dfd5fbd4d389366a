/** The certificates and keys of a kubeconfig: written into it in base64, or in files of their own. */

import { CredentialsError } from "../../api/errors.ts";
import { ChangingFile, fileProblem } from "../changing_file.ts";
import type { ClientCertificate } from "../credentials.ts";
import type { Entry } from "./file.ts";

/** Something read from files, which may change under way. */
export interface Source<T> {
  /** @throws {CredentialsError} when it cannot be read or used */
  read(): Promise<T>;
  /** Reads the files again the next time, even if they do not look changed. */
  forget(): void;
}

/** A certificate or key, or several, PEM. */
export interface PemSource extends Source<string | undefined> {
  /** Whether the kubeconfig has it at all. */
  readonly isGiven: boolean;
}

/**
 * What `<setting>-data` or, as for kubectl only without that, the file at `<setting>` holds.
 *
 * @throws {CredentialsError} when the data are no base64
 */
export function pemSource(entry: Entry, setting: string, origin: string): PemSource {
  const data = entry.text(`${setting}-data`);
  const path = entry.path(setting);
  if (data !== undefined || path === undefined) {
    const text = data === undefined ? undefined : decoded(data, `${setting}-data of ${origin}`);
    return { isGiven: text !== undefined, read: () => Promise.resolve(text), forget() {} };
  }
  return { isGiven: true, ...fileSource(path, `${setting} of ${origin}`) };
}

/** The text of the file at `path`; `what` names it for a person. */
export function fileSource(path: string, what: string): Source<string> {
  const file = new ChangingFile(path);
  return {
    read: () =>
      file.read().catch((error) => {
        throw new CredentialsError(
          `Cannot read the ${what} at ${path}: ${fileProblem(error)}. Check the path in the kubeconfig.`,
          { cause: error },
        );
      }),
    forget: () => file.forget(),
  };
}

/** The client certificate of a user, if it has one. */
export function clientCertificate(user: Entry, origin: string): Source<ClientCertificate | undefined> {
  const certs = pemSource(user, "client-certificate", origin);
  const keys = pemSource(user, "client-key", origin);
  return {
    async read() {
      const [cert, key] = await Promise.all([certs.read(), keys.read()]);
      if (cert !== undefined && key !== undefined) return { cert, key: plain(key, origin) };
      if (cert === key) return undefined;
      const half = cert === undefined ? "key without its certificate" : "certificate without its key";
      throw new CredentialsError(`The user of ${origin} has a client ${half}.`);
    },
    forget() {
      certs.forget();
      keys.forget();
    },
  };
}

/** `key`, if it is not encrypted: the runtime would say that there is none. */
function plain(key: string, origin: string): string {
  if (!/^-----BEGIN ENCRYPTED|^Proc-Type:.*ENCRYPTED/m.test(key)) return key;
  throw new CredentialsError(
    `The client key of ${origin} is encrypted, and nobody is asked for its password: ` +
      "write it without one, for example with openssl pkey.",
  );
}

function decoded(data: string, what: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(data));
  } catch {
    throw new CredentialsError(`The ${what} is no base64: write it again, for example with base64 -w0.`);
  }
}
