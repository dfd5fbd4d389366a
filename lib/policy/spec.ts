/** The spec of a policy: its schema and its type, derived from the table of checks. */

import * as Type from "typebox";
import type { Static, TOptional, TUnsafe } from "typebox";
import { CHECKS, type CheckSettings } from "./checks/mod.ts";

type SpecProperties = {
  [Field in keyof CheckSettings]: TOptional<TUnsafe<CheckSettings[Field] | null>>;
};

const properties = Object.fromEntries(
  CHECKS.map(({ field, schema }) => [field, Type.Optional<typeof schema>(schema)]),
) as SpecProperties;

/** The schema of `spec`; every field is optional, and a check whose field is omitted, null or false is off. */
export const PolicySpecSchema = Type.Object(properties, {
  description:
    "Which checks apply to the pods of this namespace. An omitted, null or false field turns its check off.",
});

/** Which checks a policy turns on, and how strict they are. */
export type PolicySpec = Static<typeof PolicySpecSchema>;

/** A setting counts as on unless it is left out, null or false; 0 is a limit like any other. */
export function isOn<Setting>(setting: Setting | null | undefined | false): setting is Setting {
  return setting !== undefined && setting !== null && setting !== false;
}
