/** A row of the contract: one behaviour that the operator or kubectl relies on. */

import type { ContractServer } from "./server.ts";

/** A behaviour, and how to see it. Rows share nothing but the server. */
export interface Row {
  readonly name: string;
  /** What the server must be able to do for the row beside answering. */
  readonly needs?: "compaction";
  readonly run: (server: ContractServer) => Promise<void>;
}
