/** The check that containers stay up. */

import { perContainer } from "./check.ts";
import { limitField } from "./settings.ts";

/** From so many restarts on, more of them cost no more. */
const COSTLY_RESTARTS = 5;

export const highRestarts = perContainer({
  id: "high_restarts",
  field: "maxRestartCount",
  schema: limitField({
    format: "int32",
    description:
      "Flag each container (init containers included) with more restarts than this; at the number is fine.",
  }),
  violation: "container (init included) with more restarts than this; at the number is fine",
  weight: "6 × min(restarts, 5)",
  remediation: "Read the container's previous logs and last termination state to see why it restarts.",
  withoutPolicy: 3,
  violates: ({ restarts }, allowed) => restarts > allowed,
  penalty: ({ restarts }) => 6 * Math.min(restarts, COSTLY_RESTARTS),
  detail: ({ restarts }, allowed) => `${restarts} restarts, ${allowed} allowed`,
});
