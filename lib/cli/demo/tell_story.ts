/** How the demo's story is told: once, where all of it has to come true, or live, to whoever watches. */

import type { Clock } from "../../api/clock.ts";
import { EXIT, ExitError } from "../exit.ts";
import type { Admin } from "./admin.ts";
import { play } from "./play.ts";
import type { Stage } from "./stage.ts";
import type { Scene } from "./story.ts";

/** How to tell it. */
export interface TellOptions {
  /** Without pauses, and only as long as it comes true. */
  readonly once: boolean;
  readonly stage: Pick<Stage, "scene" | "cameTrue" | "missed" | "policies">;
  readonly admin: Admin;
  readonly clock: Clock;
}

/** How long the result of a scene stays on the screen before the next. */
const SCENE_MS = 4_000;

/**
 * Plays the scenes, live until `signal` aborts. Somebody else may have a hand in what happens then, and it goes on.
 *
 * @returns whether it was told to its end
 * @throws {ExitError} when something does not come true that has to
 */
export async function tellStory(
  scenes: readonly Scene[],
  { once, stage, admin, clock }: TellOptions,
  signal: AbortSignal,
): Promise<boolean> {
  await play(scenes, {
    admin,
    clock,
    onScene: (title) => stage.scene(title),
    onTrue: (ms) => stage.cameTrue(ms),
    onMissed(what) {
      if (once) throw new ExitError(EXIT.no, what);
      stage.missed(`${what} Did somebody else change the cluster?`);
    },
    pauseMs: once ? 0 : SCENE_MS,
  }, signal);
  if (signal.aborted) return false;
  if (once) {
    stage.policies(await admin.policies());
    return true;
  }
  stage.scene("The story is over; the cluster is yours until Ctrl+C");
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  return true;
}
