/** The table of checks: the one place that names them; all else derives from it. */

import type { Check } from "./check.ts";
import { highRestarts } from "./high_restarts.ts";
import { latestTag } from "./latest_tag.ts";
import { missingLiveness } from "./missing_liveness.ts";
import { missingReadiness } from "./missing_readiness.ts";
import { pending } from "./pending.ts";

/** All checks, in the order in which findings of equal weight are shown. */
export const CHECKS = [latestTag, missingLiveness, missingReadiness, highRestarts, pending] as const;

/** One row of the table. */
export type PolicyCheck = (typeof CHECKS)[number];

/** The id of a check, for example `latest_tag`. */
export type CheckId = PolicyCheck["id"];

/** The settings by field, as the rows declare them. */
export type CheckSettings = {
  [Row in PolicyCheck as Row["field"]]: Row extends Check<string, string, infer Setting> ? Setting : never;
};
