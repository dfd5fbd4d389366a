/** A large cluster for the demo: many pods under many policies, and what each policy must say of them. */

import type { Sandbox } from "../../sandbox/mod.ts";
import type { Admin } from "./admin.ts";
import { sample } from "./samples.ts";
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

/** A namespace and a policy each, the pods spread evenly over them. */
export async function fillCluster(
  { pods, policies }: Load,
  admin: Admin,
  { replicate }: Pick<Sandbox, "replicate">,
): Promise<void> {
  await eachOf(namespacesOf(policies), async (namespace) => {
    await admin.createNamespace(namespace);
    await admin.create(sample("samplePolicy", namespace));
  });
  for (const [file, isWanted] of [["compliantPod", isGood], ["breaksLatestTag", isBad]] as const) {
    const [first, ...others] = podsOf({ pods, policies }).filter((_, i) => isWanted(i));
    if (first === undefined) continue;
    await admin.create(sample(file, first.namespace, first.name));
    replicate(first, others);
  }
}

/** The scene in which the operator meets that cluster. */
export function loadScene({ pods, policies }: Load): Scene {
  const all = podsOf({ pods, policies });
  const counts = Map.groupBy(all.keys(), (i) => all[i]!.namespace);
  return {
    title: `The operator meets ${pods} pods under ${policies} policies`,
    act: async () => {},
    expect: namespacesOf(policies).map((namespace) => {
      const indices = counts.get(namespace) ?? [];
      const violations = 2 * indices.filter(isBad).length;
      return {
        policy: `${namespace}/default-policy`,
        what: `${indices.length} pods and ${violations} violations`,
        holds: (status) => status?.pods === indices.length && status.violations === violations,
      };
    }),
  };
}

function namespacesOf(policies: number): readonly string[] {
  return Array.from({ length: policies }, (_, i) => `team-${i + 1}`);
}

function podsOf({ pods, policies }: Load): readonly { readonly namespace: string; readonly name: string }[] {
  const namespaces = namespacesOf(policies);
  return Array.from({ length: pods }, (_, i) => ({
    namespace: namespaces[i % policies]!,
    name: `pod-${i}`,
  }));
}

function isBad(pod: number): boolean {
  return pod % BAD_EVERY === 0;
}

function isGood(pod: number): boolean {
  return !isBad(pod);
}

/** Calls `act` on each item, a few at a time. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(Array.from({ length: CREATORS }, async () => {
    for (const item of queue) await act(item);
  }));
}
