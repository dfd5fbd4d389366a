/** Tells where an installed definition differs from ours, looking only at what ours sets. */

/** How many differences are named; all of them would be a page. */
const SHOWN = 3;

/** The paths at which `theirs` has not what `ours` sets, for example `spec.names.shortNames[0]`; none when it is current. */
export function differences(ours: unknown, theirs: unknown, path = ""): string[] {
  if (Array.isArray(ours)) {
    if (!Array.isArray(theirs) || theirs.length !== ours.length) return [path];
    return ours.flatMap((value, i) => differences(value, theirs[i], `${path}[${i}]`));
  }
  if (typeof ours === "object" && ours !== null) {
    if (typeof theirs !== "object" || theirs === null) return [path];
    return Object.entries(ours).flatMap(([key, value]) =>
      differences(value, Reflect.get(theirs, key), path === "" ? key : `${path}.${key}`)
    );
  }
  return ours === theirs ? [] : [path];
}

/** The first few of `paths` in words: `spec.scope, spec.names.kind and 2 more`. */
export function summarize(paths: readonly string[]): string {
  const more = paths.length - SHOWN;
  return paths.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
