/** The contract as Deno tests: every row, by topic, for one server. */

import { ACCESS } from "./access.ts";
import { APPLY } from "./apply.ts";
import { BASICS } from "./basics.ts";
import { CONFLICTS } from "./conflicts.ts";
import { DEFINITION_ROWS } from "./definitions.ts";
import { DELETION } from "./deletion.ts";
import { DELETION_PODS } from "./deletion_pods.ts";
import { DISCOVERY } from "./discovery.ts";
import { EVENT_ROWS } from "./events.ts";
import { FORMATS } from "./formats.ts";
import { HOSTILE } from "./hostile.ts";
import { LEASES } from "./leases.ts";
import { LISTS } from "./lists.ts";
import { OPENAPI } from "./openapi.ts";
import { PATCH_JSON } from "./patch_json.ts";
import { PATCH_MERGE } from "./patch_merge.ts";
import { PATCH_STRATEGIC } from "./patch_strategic.ts";
import { POD_ROWS } from "./pods.ts";
import type { Row } from "./row.ts";
import { SELECTORS } from "./selectors.ts";
import type { ContractServer } from "./server.ts";
import { STATUS_ROWS } from "./status.ts";
import { TABLES } from "./tables.ts";
import { TABLES_PODS } from "./tables_pods.ts";
import { VALIDATION } from "./validation.ts";
import { VALIDATION_FIELDS } from "./validation_fields.ts";
import { VALIDATION_OBJECTS } from "./validation_objects.ts";
import { WATCH_EVENTS } from "./watch_events.ts";
import { WATCH_START } from "./watch_start.ts";

/** All rows, by topic. */
export const TOPICS: Readonly<Record<string, readonly Row[]>> = {
  basics: BASICS,
  status: STATUS_ROWS,
  patch: [...PATCH_MERGE, ...PATCH_JSON, ...PATCH_STRATEGIC],
  apply: APPLY,
  conflicts: CONFLICTS,
  deletion: [...DELETION, ...DELETION_PODS],
  validation: [...VALIDATION, ...VALIDATION_FIELDS, ...VALIDATION_OBJECTS],
  pods: POD_ROWS,
  definitions: DEFINITION_ROWS,
  selectors: SELECTORS,
  lists: LISTS,
  watch: [...WATCH_START, ...WATCH_EVENTS],
  tables: [...TABLES, ...TABLES_PODS],
  discovery: [...DISCOVERY, ...OPENAPI],
  access: ACCESS,
  formats: FORMATS,
  leases: LEASES,
  events: EVENT_ROWS,
  hostile: HOSTILE,
};

/** A server to try the contract on. */
export interface ContractOptions {
  readonly name: ContractServer["name"];
  /** Starts the server with the policies' definition installed. */
  readonly start: () => Promise<ContractServer>;
  /** Why the server cannot do what some rows need; those are skipped, and say so. */
  readonly lacks?: Readonly<Partial<Record<NonNullable<Row["needs"]>, string>>>;
}

/** Registers every row as a test of one server, which all of them share and which ends after the last. */
export function registerContract({ name, start, lacks = {} }: ContractOptions): void {
  let server: ContractServer | undefined;
  Deno.test.beforeAll(async () => {
    server = await start();
  });
  Deno.test.afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  for (const [topic, rows] of Object.entries(TOPICS)) {
    for (const row of rows) {
      const skipped = row.needs && lacks[row.needs];
      Deno.test({
        name: `${name} · ${topic}: ${row.name}${skipped === undefined ? "" : ` (skipped: ${skipped})`}`,
        ignore: skipped !== undefined,
        fn: async () => {
          if (server === undefined) throw new Error(`The ${name} did not start`);
          await row.run(server);
        },
      });
    }
  }
}
