/**
 * What the checks of the design's third chapter find in pods, worked out from the API server's own objects. Shares no code
 * with the operator.
 */

/** An object as an API server shows it. */
export interface Shown {
  readonly metadata: {
    readonly name: string;
    readonly generation?: unknown;
    readonly creationTimestamp?: unknown;
    readonly deletionTimestamp?: unknown;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** A part of an object, whatever it holds. */
export type Fields = Readonly<Record<string, unknown>>;

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly restartPolicy?: string;
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
}

/** One violation, and what it costs. */
export interface Violation {
  readonly pod: string;
  readonly container: string;
  readonly check: string;
  readonly weight: number;
}

const ORDER = ["latest_tag", "missing_liveness", "missing_readiness", "high_restarts", "pending"];
/** The violations of one pod as of `now` (milliseconds since 1970). */
export function violationsOf(pod: Shown, spec: Fields, now: number): Violation[] {
  const { name, creationTimestamp } = pod.metadata;
  const { containers, initContainers, restartPolicy } = fieldsOf(pod.spec);
  const status = fieldsOf(pod.status);
  const found: Violation[] = [];
  const add = (container: string, check: string, weight: number) =>
    found.push({ pod: name, container, check, weight });

  const all = [
    ...list(initContainers).map((container) => ({ container, statuses: status["initContainerStatuses"] })),
    ...list(containers).map((container) => ({ container, statuses: status["containerStatuses"] })),
  ];
  const isService = (restartPolicy ?? "Always") === "Always";
  for (const { container, statuses } of all) {
    const own = container.name ?? "";
    const ends = list(initContainers).includes(container) && container.restartPolicy !== "Always";
    if (spec["forbidLatestTag"] === true && isLatest(container.image ?? "")) add(own, "latest_tag", 5);
    if (isService && !ends) {
      if (spec["requireLivenessProbe"] === true && container.livenessProbe == null) {
        add(own, "missing_liveness", 3);
      }
      if (spec["requireReadinessProbe"] === true && container.readinessProbe == null) {
        add(own, "missing_readiness", 2);
      }
    }
    const allowed = spec["maxRestartCount"];
    const counted = (statuses as { name: string; restartCount: number }[] | undefined)?.find(({ name }) =>
      name === own
    );
    const restarts = counted?.restartCount ?? 0;
    if (typeof allowed === "number" && restarts > allowed) {
      add(own, "high_restarts", 6 * Math.min(restarts, 5));
    }
  }
  const patience = spec["forbidPendingDuration"];
  if (typeof patience === "number" && status["phase"] === "Pending") {
    if (now - Date.parse(String(creationTimestamp)) > patience * 1000) add("", "pending", 4);
  }
  return found;
}

/** Neither a digest nor a tag, or the tag itself; a colon before the last slash is a registry's port. */
function isLatest(image: string): boolean {
  if (/@/.test(image)) return false;
  const tag = /:([^:/]*)$/.exec(image)?.[1];
  return tag === undefined || tag === "latest";
}

/** The order in which a status names them. */
export function worstFirst(a: Violation, b: Violation): number {
  const byText = (x: string, y: string) => x === y ? 0 : x < y ? -1 : 1;
  return b.weight - a.weight || ORDER.indexOf(a.check) - ORDER.indexOf(b.check) || byText(a.pod, b.pod) ||
    byText(a.container, b.container);
}

function list(value: unknown): readonly Container[] {
  return (value ?? []) as readonly Container[];
}

/** A part that may be left out. */
export function fieldsOf(part: unknown): Fields {
  return (part ?? {}) as Fields;
}
