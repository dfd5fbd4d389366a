/** The check that a container that should run for ever says when it can take traffic. */

import { perContainer } from "./check.ts";
import { runsForEver, servesForEver } from "./probes.ts";
import { switchField } from "./settings.ts";

export const missingReadiness = perContainer({
  id: "missing_readiness",
  field: "requireReadinessProbe",
  schema: switchField(
    "Require a readiness probe on each container (sidecars included) of pods whose restartPolicy is Always.",
  ),
  violation: "container (sidecar included) without a readiness probe",
  weight: "2",
  remediation: "Add a readinessProbe to the container.",
  withoutPolicy: true,
  appliesTo: servesForEver,
  violates: (container) => runsForEver(container) && !container.hasReadinessProbe,
  penalty: () => 2,
  detail: () => "no readiness probe",
});
