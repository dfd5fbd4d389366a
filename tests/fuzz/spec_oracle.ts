/** Which values are specs of policies, by the design's table alone. */

const SWITCHES = ["forbidLatestTag", "requireLivenessProbe", "requireReadinessProbe"];
const LIMITS: readonly (readonly [field: string, most: number])[] = [
  ["maxRestartCount", 2 ** 31 - 1],
  ["forbidPendingDuration", Number.MAX_SAFE_INTEGER],
];

/** Whether a policy may have this spec: all fields are optional, and null is as good as none. */
export function isSpec(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  const of = (field: string): unknown => Object.getOwnPropertyDescriptor(value, field)?.value ?? undefined;
  return SWITCHES.every((field) => of(field) === undefined || typeof of(field) === "boolean") &&
    LIMITS.every(([field, most]) => {
      const limit = of(field);
      return limit === undefined || (Number.isInteger(limit) && Number(limit) >= 0 && Number(limit) <= most);
    });
}
