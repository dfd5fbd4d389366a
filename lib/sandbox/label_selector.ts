/** Parses label selectors such as `app=web,tier notin (a, b),!beta`, and says where one goes wrong. */

import { field } from "./json.ts";
import type { KubeObject } from "./kube_object.ts";
import { isQualified, QUALIFIED_RULE } from "./metadata_rules.ts";
import { badRequest } from "./status_errors.ts";

/** One requirement of a selector. */
export type Requirement = (object: KubeObject) => boolean;

/** The requirements of a selector, all of which must hold. @throws {StatusError} 400 */
export function parseLabelSelector(selector: string): readonly Requirement[] {
  const tokens = new Tokens(selector);
  const requirements: Requirement[] = [];
  if (tokens.peek() === "") return requirements;
  if (!isWord(tokens.peek()) && tokens.peek() !== "!") {
    throw badRequest(`found '${tokens.peek()}', expected: !, identifier, or 'end of string'`);
  }
  // Each turn takes at least one token.
  for (;;) {
    try {
      requirements.push(parseRequirement(tokens));
    } catch (error) {
      throw badRequest(`unable to parse requirement: ${(error as Error).message}`);
    }
    const separator = tokens.take();
    if (separator === "") return requirements;
    if (separator !== ",") throw badRequest(`found '${separator}', expected: ',' or 'end of string'`);
    if (!isWord(tokens.peek()) && tokens.peek() !== "!") {
      throw badRequest(`found '${tokens.peek()}', expected: identifier after ','`);
    }
  }
}

/** The words and symbols of a selector; the empty token is its end. */
class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(selector: string) {
    this.#tokens = selector.match(/==|!=|[!=<>(),]|[^\s!=<>(),]+/g) ?? [];
  }

  peek(): string {
    return this.#tokens[this.#at] ?? "";
  }

  take(): string {
    return this.#tokens[this.#at++] ?? "";
  }
}

function isWord(token: string): boolean {
  return /^[^\s!=<>(),]/.test(token);
}

function parseRequirement(tokens: Tokens): Requirement {
  const isAbsent = tokens.peek() === "!";
  if (isAbsent) tokens.take();
  const key = tokens.take();
  if (!isWord(key)) throw new Error(`found '${key}', expected: identifier`);
  if (!isQualified(key)) throw new Error(`<nil>: Invalid value: ${JSON.stringify(key)}: ${QUALIFIED_RULE}`);
  if (isAbsent) return (object) => labelOf(object, key) === undefined;
  if (tokens.peek() === "" || tokens.peek() === ",") return (object) => labelOf(object, key) !== undefined;
  const operator = tokens.take();
  switch (operator) {
    case "=":
    case "==": {
      const value = parseValue(tokens);
      return (object) => labelOf(object, key) === value;
    }
    case "!=": {
      const value = parseValue(tokens);
      return (object) => labelOf(object, key) !== value;
    }
    case ">":
    case "<": {
      const limit = parseInteger(parseValue(tokens));
      return (object) => {
        const value = labelOf(object, key);
        if (value === undefined || !INTEGER.test(value)) return false;
        return operator === ">" ? Number(value) > limit : Number(value) < limit;
      };
    }
    case "in":
    case "notin": {
      const values = parseValues(tokens);
      return (object) => {
        const value = labelOf(object, key);
        return (value !== undefined && values.has(value)) === (operator === "in");
      };
    }
    default:
      throw new Error(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

const INTEGER = /^-?\d+$/;

function parseInteger(value: string): number {
  if (!INTEGER.test(value)) {
    throw new Error(
      `values[0]: Invalid value: ${
        JSON.stringify(value)
      }: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  }
  return Number(value);
}

function parseValue(tokens: Tokens): string {
  if (tokens.peek() === "" || tokens.peek() === ",") return "";
  const value = tokens.take();
  if (!isWord(value)) throw new Error(`found '${value}', expected: identifier`);
  return value;
}

function parseValues(tokens: Tokens): ReadonlySet<string> {
  const opening = tokens.take();
  if (opening !== "(") throw new Error(`found '${opening}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    // An empty place between commas stands for the empty value.
    values.add(isWord(tokens.peek()) ? tokens.take() : "");
    const separator = tokens.take();
    if (separator === ")") return values;
    if (separator !== ",") throw new Error(`found '${separator}', expected: ',' or ')'`);
  }
}

function labelOf({ metadata }: KubeObject, key: string): string | undefined {
  const value = field(metadata, "labels", key);
  return typeof value === "string" ? value : undefined;
}
