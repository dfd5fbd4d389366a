/** The check that a container that should run for ever says when it is stuck. */

import { perContainer } from "./check.ts";
import { runsForEver, servesForEver } from "./probes.ts";
import { switchField } from "./settings.ts";

export const missingLiveness = perContainer({
  id: "missing_liveness",
  field: "requireLivenessProbe",
  schema: switchField(
    "Require a liveness probe on each container (sidecars included) of pods whose restartPolicy is Always.",
  ),
  violation: "container (sidecar included) without a liveness probe",
  weight: "3",
  remediation: "Add a livenessProbe to the container.",
  withoutPolicy: true,
  appliesTo: servesForEver,
  violates: (container) => runsForEver(container) && !container.hasLivenessProbe,
  penalty: () => 3,
  detail: () => "no liveness probe",
});
