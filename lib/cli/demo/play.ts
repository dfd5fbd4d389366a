/** Plays the demo's story: does what a scene says, then reads the policies back until each is as it must be. */

import { type Clock, sleep } from "../../api/clock.ts";
import { refKey } from "../../api/object.ts";
import type { PolicyStatus } from "../../policy/status_schema.ts";
import type { Admin } from "./admin.ts";
import type { Expectation, Scene } from "./story.ts";

/** How to play. */
export interface PlayOptions {
  readonly admin: Admin;
  readonly clock: Clock;
  readonly onScene: (title: string) => void;
  /** All policies say what the scene makes of them, so many milliseconds after it was done. */
  readonly onTrue: (ms: number) => void;
  /** How long to leave the result of a scene on the screen; milliseconds. */
  readonly pauseMs: number;
}

/** How long a policy may take to say what it must. */
const WITHIN_MS = 15_000;
const POLL_MS = 50;

/** What a policy did not come to in time, or (undefined) that all did; it ends early when `signal` aborts. */
export async function play(
  scenes: readonly Scene[],
  { admin, clock, onScene, onTrue, pauseMs }: PlayOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const { title, act, expect } of scenes) {
    if (signal.aborted) return undefined;
    onScene(title);
    await act(admin);
    const doneAt = clock.monotonic();
    const missed = await unmet(expect, admin, clock, signal);
    if (signal.aborted) return undefined;
    if (missed !== undefined) return `After "${title}" ${missed}.`;
    onTrue(clock.monotonic() - doneAt);
    await sleep(clock, pauseMs, signal);
  }
  return undefined;
}

async function unmet(
  expectations: readonly Expectation[],
  admin: Admin,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadline = clock.monotonic() + WITHIN_MS;
  for (;;) {
    const statuses = new Map((await admin.policies()).map((policy) => [refKey(policy), policy.status]));
    const missed = expectations.find(({ policy, holds }) => !holds(statuses.get(policy)));
    if (missed === undefined || signal.aborted) return undefined;
    if (clock.monotonic() >= deadline) {
      return `${missed.policy} should have come to: ${missed.what}; it says: ${
        told(statuses.get(missed.policy))
      }`;
    }
    await sleep(clock, POLL_MS, signal);
  }
}

function told(status: PolicyStatus | undefined): string {
  return status === undefined ? "nothing, it is gone" : status.message ?? "nothing yet";
}
