/** Watches: what is there, then what happens, as lines of JSON; each reads the history at its own pace. */

import type { Clock } from "../api/clock.ts";
import type { Call } from "./call.ts";
import { present, type Presentation, withoutColumns } from "./forms.ts";
import type { StoredEvent } from "./history.ts";
import type { Json } from "./json.ts";
import { keyOf, type KubeObject } from "./kube_object.ts";
import { tooLarge } from "./lists.ts";
import { apiVersionOf } from "./resource_type.ts";
import { expired, type StatusError, toStatus } from "./status_errors.ts";
import type { WatchPlan } from "./watch_plan.ts";

/** How often a watch that nothing happens to says up to which version that holds; milliseconds. */
const BOOKMARK_MS = 60_000;
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

/** One watch. `read` gives what has happened since, `wait` resolves when there is more, or it is over. */
export class Watch {
  readonly #call: Call;
  readonly #plan: WatchPlan;
  readonly #presentation: Presentation;
  #initial: Iterator<KubeObject> | undefined;
  /** Where in the history this watch is; undefined when its past is forgotten. */
  #position: number | undefined;
  #isOver = false;
  #hasColumns = false;
  #isBookmarkDue = false;
  #wake = () => {};
  readonly #cleanups: (() => void)[] = [];

  constructor(call: Call, plan: WatchPlan, presentation: Presentation, onEnd: () => void) {
    const { clock, namespace, resource: { store } } = call;
    this.#call = call;
    this.#plan = plan;
    this.#presentation = presentation;
    if (plan.from === undefined) {
      this.#initial = [...store.values(namespace)].values();
      this.#position = store.history.end;
    } else this.#position = store.history.after(plan.from);
    this.#cleanups.push(onEnd);
    this.#cleanups.push(store.history.listen(() => this.#wake()));
    this.#cleanups.push(clock.after(plan.timeoutMs, () => this.end()));
    if (plan.hasBookmarks) this.#remind(clock);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#wake();
  }

  /** Up to `atMost` characters of lines, or a line more; empty when nothing has happened. */
  read(atMost: number): string {
    let lines = "";
    while (lines.length < atMost && !this.#isOver) {
      const line = this.#next();
      if (line === undefined) break;
      lines += line;
    }
    return lines;
  }

  /** Resolves when there may be something to read. */
  async wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
    this.#wake = () => {};
  }

  #next(): string | undefined {
    const { current } = this.#call.registry.versions;
    if (this.#plan.atLeast > current) return this.#failed(tooLarge(this.#plan.atLeast, current));
    const initial = this.#nextInitial();
    if (initial !== undefined) return initial;
    const { history } = this.#call.resource.store;
    while (this.#position !== undefined && this.#position < history.end) {
      const event = history.at(this.#position);
      if (event === undefined) break;
      this.#position++;
      if (event.version <= (this.#plan.from ?? 0)) continue;
      const line = this.#line(event);
      if (line !== undefined) return line;
    }
    if (this.#position === undefined || this.#position < history.end) {
      return this.#failed(
        expired(`too old resource version: ${this.#plan.from ?? 0} (${history.forgotten})`),
      );
    }
    if (history.isClosed) this.end();
    if (!this.#isBookmarkDue) return undefined;
    this.#isBookmarkDue = false;
    return this.#bookmark(current, false);
  }

  #nextInitial(): string | undefined {
    while (this.#initial !== undefined) {
      const { done, value } = this.#initial.next();
      if (!done && (this.#plan.selector?.(value) ?? true)) return this.#told("ADDED", value);
      if (!done) continue;
      this.#initial = undefined;
      if (this.#plan.marksInitialEnd) return this.#bookmark(this.#call.registry.versions.current, true);
    }
    return undefined;
  }

  /** The event as this watch sees it: an object that begins or ceases to be selected comes or goes. */
  #line(event: StoredEvent): string | undefined {
    const { namespace } = this.#call;
    const { selector } = this.#plan;
    if (namespace !== "" && keyOf(event.object).namespace !== namespace) return undefined;
    const is = event.type !== "DELETED" && (selector?.(event.object) ?? true);
    const was = event.previous !== undefined && (selector?.(event.previous) ?? true);
    if (!is && !was) return undefined;
    const type = is ? (was ? "MODIFIED" : "ADDED") : "DELETED";
    if (type === "DELETED" && event.type !== "DELETED") return this.#told(type, left(event));
    if (this.#presentation.form.as !== "object" || type !== event.type) return this.#told(type, event.object);
    event.line ??= this.#told(type, event.object);
    return event.line;
  }

  #told(type: string, object: KubeObject): string {
    let presented = present(object, this.#call, this.#presentation);
    if (this.#presentation.form.as === "table" && this.#hasColumns) presented = withoutColumns(presented);
    this.#hasColumns = true;
    return toLine(type, presented);
  }

  #bookmark(version: number, endsInitialEvents: boolean): string {
    const { type } = this.#call.resource;
    const metadata = {
      resourceVersion: String(version),
      ...(endsInitialEvents && { annotations: { [INITIAL_EVENTS_END]: "true" } }),
    };
    return toLine("BOOKMARK", { kind: type.kind, apiVersion: apiVersionOf(type), metadata });
  }

  /** Refuses within the stream, and ends. */
  #failed(error: StatusError): string {
    this.end();
    return toLine("ERROR", toStatus(error));
  }

  #remind(clock: Clock): void {
    let cancel = () => {};
    const again = () => {
      cancel = clock.after(BOOKMARK_MS, () => {
        this.#isBookmarkDue = true;
        again();
        this.#wake();
      });
    };
    again();
    this.#cleanups.push(() => cancel());
  }
}

/** An object as it was when it was last selected, at the version at which it ceased to be. */
function left({ previous, object }: StoredEvent): KubeObject {
  const resourceVersion = object.metadata["resourceVersion"]!;
  return { ...previous!, metadata: { ...previous!.metadata, resourceVersion } };
}

function toLine(type: string, object: Json): string {
  return `${JSON.stringify({ type, object })}\n`;
}
