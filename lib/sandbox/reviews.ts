/** The reviews that a client may ask for about itself: what it may do (everything), and who it is. */

import { toTimestamp } from "../api/clock.ts";
import { ADMIN } from "./auth.ts";
import { isObject, type JsonObject, object } from "./json.ts";
import { type Cause, invalid } from "./status_errors.ts";
import { invalidValue } from "./validation.ts";

/** A kind of review. */
export interface Review {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** What is added to the question to make the answer. */
  readonly answer: (asked: JsonObject, now: number) => JsonObject;
}

/** The reviews that there are. */
export const REVIEWS: readonly Review[] = [
  {
    group: "authorization.k8s.io",
    version: "v1",
    kind: "SelfSubjectAccessReview",
    plural: "selfsubjectaccessreviews",
    answer: (asked) => {
      const spec = asked["spec"];
      const isAsked = spec === undefined || isObject(spec) &&
          (isObject(spec["resourceAttributes"]) || isObject(spec["nonResourceAttributes"]));
      if (!isAsked) throw invalid(NAMELESS, "", "", [NOTHING_ASKED]);
      return { metadata: {}, spec: object(asked, "spec"), status: { allowed: true } };
    },
  },
  {
    group: "authorization.k8s.io",
    version: "v1",
    kind: "SelfSubjectRulesReview",
    plural: "selfsubjectrulesreviews",
    answer: () => ({
      metadata: {},
      spec: {},
      status: {
        resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
        nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
        incomplete: false,
      },
    }),
  },
  {
    group: "authentication.k8s.io",
    version: "v1",
    kind: "SelfSubjectReview",
    plural: "selfsubjectreviews",
    answer: (_asked, now) => ({
      metadata: { creationTimestamp: toTimestamp(now) },
      status: { userInfo: { ...ADMIN, groups: [...ADMIN.groups] } },
    }),
  },
];

const NAMELESS = { group: "authorization.k8s.io", plural: "", kind: "" };
const NOTHING_ASKED: Cause = invalidValue(
  "spec.resourceAttributes",
  null,
  "exactly one of nonResourceAttributes or resourceAttributes must be specified",
);
