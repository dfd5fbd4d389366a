/** System namespaces: those that belong to the cluster and not to a team, and so are never scored. */

import { escapeText } from "../api/text.ts";

/** The patterns known from the start; `*` stands for any text. */
export const SYSTEM_NAMESPACES: readonly string[] = [
  "kube-*",
  "*-system",
  "cert-manager",
  "istio-system",
  "monitoring",
  "observability",
  "argocd",
];

/** As long as a namespace name can be, and a star at each end. */
const LONGEST_PATTERN = 65;

/** Whether `namespace` matches one of the patterns. */
export function isSystemNamespace(
  namespace: string,
  patterns: readonly string[] = SYSTEM_NAMESPACES,
): boolean {
  return patterns.some((pattern) => matches(namespace, pattern));
}

/** What is wrong with a change of the patterns; the message is one sentence with the next step. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/**
 * The patterns after `changes`: each adds one or, with a leading `-`, removes one.
 *
 * @throws {PatternError} for a pattern that no namespace can match, or to be removed where it is not
 */
export function changePatterns(
  changes: readonly string[],
  patterns: readonly string[] = SYSTEM_NAMESPACES,
): readonly string[] {
  const result = new Set(patterns);
  for (const change of changes) {
    const pattern = change.replace(/^-/, "");
    if (!/^[a-z0-9*]([a-z0-9*-]*[a-z0-9*])?$/.test(pattern) || pattern.length > LONGEST_PATTERN) {
      throw new PatternError(
        `Cannot use "${
          escapeText(pattern)
        }" as a system namespace: write a namespace name, with * for any text.`,
      );
    }
    if (!change.startsWith("-")) result.add(pattern);
    else if (!result.delete(pattern)) {
      throw new PatternError(
        `Cannot remove "${pattern}" from the system namespaces, it is not among ${[...result].join(", ")}.`,
      );
    }
  }
  return [...result];
}

/** Glob matching by parts, linear in the text: a pattern is user input and must not become a regular expression. */
function matches(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) {
    return false;
  }
  let from = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
