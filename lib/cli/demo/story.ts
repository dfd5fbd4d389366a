/** The demo's story: what happens in its cluster, and what each policy must say then. */

import type { PolicyStatus } from "../../policy/status_schema.ts";
import type { Admin } from "./admin.ts";
import { sample } from "./samples.ts";

/** What a policy must come to; undefined status: the policy is gone. */
export interface Expectation {
  readonly policy: string;
  readonly what: string;
  readonly holds: (status: PolicyStatus | undefined) => boolean;
}

/** One scene: something is done, and the policies follow. */
export interface Scene {
  readonly title: string;
  readonly act: (admin: Admin) => Promise<void>;
  readonly expect: readonly Expectation[];
}

/** The namespaces of the story; that of the samples is left to whoever joins in. */
export const NAMESPACES = ["shop", "staging", "payments"];

/** How long a pod of the story may be Pending, in seconds: short, as somebody is waiting. */
const PENDING_SECONDS = 3;

const score = (policy: string, expected: number): Expectation => ({
  policy,
  what: `score ${expected}`,
  holds: (status) => status?.healthScore === expected,
});

/** The scenes, in order. */
export const STORY: readonly Scene[] = [
  {
    title: "Three teams write a policy, and their pods keep to it",
    async act(admin) {
      for (const namespace of NAMESPACES) await admin.createNamespace(namespace);
      await admin.create(sample("samplePolicy", "shop"));
      const strict = sample("strictPolicy", "staging");
      await admin.create({
        ...strict,
        spec: { ...strict.spec as object, forbidPendingDuration: PENDING_SECONDS },
      });
      await admin.create(sample("samplePolicy", "payments"));
      for (const namespace of NAMESPACES) {
        for (const name of ["web-1", "web-2"]) {
          await admin.create(sample("compliantPod", namespace, name));
          await admin.setPodStatus(namespace, name, { phase: "Running" });
        }
      }
    },
    expect: [
      score("shop/default-policy", 100),
      score("staging/strict", 100),
      score("payments/default-policy", 100),
    ],
  },
  {
    title: "A bad rollout in the shop: unpinned images, forgotten probes",
    async act(admin) {
      for (const file of ["breaksLatestTag", "breaksLivenessProbe", "breaksReadinessProbe"] as const) {
        const pod = sample(file, "shop");
        await admin.create(pod);
        await admin.setPodStatus("shop", pod.metadata.name, { phase: "Running" });
      }
    },
    // (2 × 5 + 3 + 2) ÷ 5 pods
    expect: [score("shop/default-policy", 97)],
  },
  {
    title: "Its containers crash, again and again",
    async act(admin) {
      for (const name of ["web-1", "web-2"]) {
        const web = { name: "web", image: "nginx:1.29.3", imageID: "", ready: false, restartCount: 7 };
        await admin.setPodStatus("shop", name, { phase: "Running", containerStatuses: [web] });
      }
    },
    // 2 × 6 × 5 more
    expect: [score("shop/default-policy", 85)],
  },
  {
    title: "The rollout is rolled back",
    async act(admin) {
      for (const file of ["breaksLatestTag", "breaksLivenessProbe", "breaksReadinessProbe"] as const) {
        await admin.delete("Pod", "shop", sample(file, "shop").metadata.name);
      }
      for (const name of ["web-1", "web-2"]) {
        await admin.delete("Pod", "shop", name);
        await admin.create(sample("compliantPod", "shop", name));
        await admin.setPodStatus("shop", name, { phase: "Running" });
      }
    },
    expect: [score("shop/default-policy", 100)],
  },
  {
    title: `A pod finds no node: a violation ${PENDING_SECONDS} seconds later, without any event`,
    act: (admin) => admin.create(sample("breaksPendingDuration", "staging")),
    expect: [{
      policy: "staging/strict",
      what: "one pending pod",
      holds: (status) => status?.findings?.[0]?.check === "pending" && status.violations === 1,
    }],
  },
  {
    title: "The payments team deletes its policy, and the operator lets it go",
    act: (admin) => admin.delete("DevOpsPolicy", "payments", "default-policy"),
    expect: [{ policy: "payments/default-policy", what: "gone", holds: (status) => status === undefined }],
  },
];
