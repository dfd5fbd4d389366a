/** Keeps one copy of each repeated string: 100,000 pods of one image hold its name once. */

/** Beyond this many different strings the pool starts anew: it saves memory, it must not become the leak. */
const MAX_STRINGS = 50_000;

/** A function that maps equal strings to the copy that came first. */
export function stringPool(): (text: string) => string {
  const pool = new Map<string, string>();
  return (text) => {
    const known = pool.get(text);
    if (known !== undefined) return known;
    if (pool.size >= MAX_STRINGS) pool.clear();
    pool.set(text, text);
    return text;
  };
}
