/** Plays the demo's story: does what a scene says, then reads the policies back until each is as it must be. */

import { type Clock, sleep } from "../../api/clock.ts";
import { ApiError } from "../../api/errors.ts";
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
  /** The scene could not be played, or the policies did not come to what it makes of them. */
  readonly onMissed: (what: string) => void;
  /** How long to leave the result of a scene on the screen; milliseconds. */
  readonly pauseMs: number;
}

/** How long a policy may take to say what it must. */
const WITHIN_MS = 15_000;
const POLL_MS = 50;

/** Plays scene by scene; it ends early when `signal` aborts, or `onMissed` throws. */
export async function play(
  scenes: readonly Scene[],
  { admin, clock, onScene, onTrue, onMissed, pauseMs }: PlayOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const { title, act, expect } of scenes) {
    if (signal.aborted) return;
    onScene(title);
    const refused = await refusal(() => act(admin));
    const doneAt = clock.monotonic();
    const missed = refused ?? await unmet(expect, admin, clock, signal);
    if (signal.aborted) return;
    if (missed === undefined) onTrue(clock.monotonic() - doneAt);
    else onMissed(`After "${title}" ${missed}.`);
    await sleep(clock, pauseMs, signal);
  }
}

/** What the server has against it; somebody else may have been there with kubectl. */
async function refusal(act: () => Promise<void>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return `the server said no: ${error.message}`;
    throw error;
  }
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
