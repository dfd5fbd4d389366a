/** Who we are to an API server: the port of all that can say so. */

import type { ClientCertificate } from "../credentials.ts";

/** Who we are, as of now. */
export interface Identity {
  /** The value of the header. */
  readonly authorization?: string | undefined;
  readonly client?: ClientCertificate | undefined;
}

/** Where an identity comes from. */
export interface IdentitySource {
  /** Whether somebody beside the API server is asked for it, whom the system trusts. */
  readonly trustsSystem: boolean;
  /** @throws {CredentialsError} when there is none to be had */
  current(): Promise<Identity>;
  /** The server rejects the latest one: asks for another the next time, where that may help. */
  forget(): void;
}
