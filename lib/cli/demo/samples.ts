/** The objects that the demo applies: the very samples of `kube-tests/`, for any namespace and any number of pods. */

import { parseAllDocuments } from "yaml";
import breaksLatestTag from "../../../kube-tests/breaks-latest-tag.yaml" with { type: "text" };
import breaksLivenessProbe from "../../../kube-tests/breaks-liveness-probe.yaml" with { type: "text" };
import breaksPendingDuration from "../../../kube-tests/breaks-pending-duration.yaml" with { type: "text" };
import breaksReadinessProbe from "../../../kube-tests/breaks-readiness-probe.yaml" with { type: "text" };
import breaksRestartCount from "../../../kube-tests/breaks-restart-count.yaml" with { type: "text" };
import compliantPod from "../../../kube-tests/compliant-pod.yaml" with { type: "text" };
import samplePolicy from "../../../kube-tests/sample-devopspolicy.yaml" with { type: "text" };
import strictPolicy from "../../../kube-tests/strict-devopspolicy.yaml" with { type: "text" };

/** An object to create, as JSON. */
export interface Sample {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
}

const FILES = {
  breaksLatestTag,
  breaksLivenessProbe,
  breaksPendingDuration,
  breaksReadinessProbe,
  breaksRestartCount,
  compliantPod,
  samplePolicy,
  strictPolicy,
};

/** The name of a sample file, in camel case. */
export type SampleName = keyof typeof FILES;

/** The object of a sample file (of several, the last) in another namespace, and under another name if one is given. */
export function sample(file: SampleName, namespace: string, name?: string): Sample {
  const object = parseAllDocuments(FILES[file]).at(-1)?.toJS() as Sample;
  return renamed(object, namespace, name ?? object.metadata.name);
}

/** The same object in another place. */
export function renamed(object: Sample, namespace: string, name: string): Sample {
  return { ...object, metadata: { ...object.metadata, namespace, name } };
}
