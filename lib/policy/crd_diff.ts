/** Tells where an installed definition differs from ours, looking only at what ours sets. */

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
