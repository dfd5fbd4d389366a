/** A large cluster for the demo: many pods under many policies, and what each policy must say of them. */

import type { Admin } from "./admin.ts";
import { renamed, sample } from "./samples.ts";
import type { Scene } from "./story.ts";

/** How large. */
export interface Load {
  readonly pods: number;
  readonly policies: number;
}

/** One pod in so many has an unpinned image. */
const BAD_EVERY = 10;
/** How many requests are under way at once. */
const CREATORS = 16;

/** The scene that fills the cluster: a namespace and a policy each, the pods spread evenly over them. */
export function loadScene({ pods, policies }: Load): Scene {
  const namespaces = Array.from({ length: policies }, (_, i) => `team-${i + 1}`);
  /** Pods number `from`, `from + policies`, … are those of the namespace with that index. */
  const podsOf = (index: number) => Math.floor((pods - index - 1) / policies) + 1;
  const badOf = (index: number) =>
    Array.from({ length: podsOf(index) }, (_, i) => index + i * policies).filter(isBad).length;
  return {
    title: `${pods} pods under ${policies} policies`,
    async act(admin: Admin) {
      await eachOf(namespaces, async (namespace) => {
        await admin.createNamespace(namespace);
        await admin.create(sample("samplePolicy", namespace));
      });
      // Parsed once: YAML takes longer to read than the pod takes to create.
      const [good, bad] = [sample("compliantPod", ""), sample("breaksLatestTag", "")];
      await eachOf(Array.from({ length: pods }, (_, i) => i), async (i) => {
        await admin.create(renamed(isBad(i) ? bad : good, namespaces[i % policies]!, `pod-${i}`));
      });
    },
    expect: namespaces.map((namespace, index) => ({
      policy: `${namespace}/default-policy`,
      what: `${podsOf(index)} pods and ${2 * badOf(index)} violations`,
      holds: (status) => status?.pods === podsOf(index) && status.violations === 2 * badOf(index),
    })),
  };
}

function isBad(pod: number): boolean {
  return pod % BAD_EVERY === 0;
}

/** Calls `act` on each item, a few at a time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: CREATORS }, async () => {
    for (const item of queue) await act(item);
  }));
}
