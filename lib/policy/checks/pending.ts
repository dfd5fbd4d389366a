/** The check that pods start: none may be Pending for too long. */

import { perPodDuration } from "./check.ts";
import { limitField } from "./settings.ts";

export const pending = perPodDuration({
  id: "pending",
  field: "forbidPendingDuration",
  schema: limitField({
    format: "int64",
    description: "Flag each pod that is Pending for more than this many seconds, counted from its creation.",
  }),
  violation: "pod Pending for longer than this many seconds, counted from its creation",
  weight: "4",
  remediation: "Look at the pod's events: scheduling, image pulls and volumes are the usual causes.",
  withoutPolicy: 0,
  lasts: ({ phase }) => phase === "Pending",
  penalty: 4,
  detail: (seconds) => `Pending for longer than ${seconds} s`,
});
