/** The recorded frames of one form, ready to be stamped: by recorded pod, variant and type of event. */

import type { Tape } from "./recording.ts";
import { Template } from "./template.ts";

/** What a watch says of a pod. */
export type PodEventType = "ADDED" | "MODIFIED" | "DELETED";

/** Any version that is as long as those to be stamped, and occurs nowhere else in a frame. */
const PLACEHOLDER = "1000000000";

/** All templates of one tape. */
export class Stamps {
  readonly mediaType: string;
  readonly #tape: Tape;
  readonly #templates: readonly (readonly Readonly<Record<PodEventType, Template>>[])[];

  constructor(tape: Tape) {
    const { form, pods } = tape;
    this.mediaType = form.mediaType;
    this.#tape = tape;
    this.#templates = pods.map(({ pod: { namespace, name }, frames }) =>
      frames.map((frame) => {
        const recorded = { namespace, name, uid: form.uidOf(frame), resourceVersion: PLACEHOLDER };
        const as = (type: PodEventType) => new Template(form.rewrite(frame, type, PLACEHOLDER), recorded);
        return { ADDED: as("ADDED"), MODIFIED: as("MODIFIED"), DELETED: as("DELETED") };
      })
    );
  }

  of(recorded: number, variant: number, type: PodEventType): Template {
    return this.#templates[recorded]![variant]![type];
  }

  /** The event that ends the first part of a watch-list; also fit to say that nothing has happened since. */
  bookmark(version: string): Uint8Array<ArrayBuffer> {
    return this.#tape.form.rewrite(this.#tape.bookmark, "BOOKMARK", version);
  }
}
