/** How `check` says what it found: a table for people, or JSON for programs. */

import { escapeText } from "../api/text.ts";
import type { Facts } from "../operator/check/facts.ts";
import type { Answer } from "../operator/check/judge.ts";

/** What programs get; fields are added, and never renamed or taken away. */
export interface CheckReport {
  readonly server: string;
  /** Where the credentials come from: `context "kind-dev"`. */
  readonly origin: string;
  /** The version of the API server, or null where it does not tell. */
  readonly version: string | null;
  /** As whom the server knows us, or null where it does not tell. */
  readonly user: string | null;
  /** The worst of the answers. */
  readonly answer: Answer["answer"];
  readonly answers: readonly Answer[];
}

const COLOURS: Readonly<Record<Answer["answer"], string>> = {
  ok: "\x1b[32m",
  warning: "\x1b[33m",
  no: "\x1b[31m",
};
const RESET = "\x1b[0m";
const MAX_CELL_LENGTH = 512;

/** The report for programs. */
export function toReport(
  { server, origin, version, user }: Facts,
  answers: readonly Answer[],
): CheckReport {
  return {
    server,
    origin,
    version: version ?? null,
    user: user ?? null,
    answer: worst(answers),
    answers,
  };
}

/** The table for people, and below it what to do; each step once, however many answers ask for it. */
export function checkLines(answers: readonly Answer[], { colour }: { readonly colour: boolean }): string[] {
  const cell = (text: string) => escapeText(text, MAX_CELL_LENGTH);
  const rows = answers.map(({ asked, answer, found }) => ({
    asked: cell(asked),
    answer,
    found: cell(found),
  }));
  const askedWidth = Math.max(...rows.map(({ asked }) => asked.length));
  const answerWidth = Math.max(...Object.keys(COLOURS).map((answer) => answer.length));
  const line = (asked: string, answer: string, found: string, [on, off] = ["", ""]) =>
    `${asked.padEnd(askedWidth)}  ${on}${answer}${off}${" ".repeat(answerWidth - answer.length)}  ${found}`;
  const steps = [...new Set(answers.flatMap(({ next }) => next === undefined ? [] : [cell(next)]))];
  return [
    line("ASKED", "ANSWER", "FOUND"),
    ...rows.map(({ asked, answer, found }) =>
      line(asked, answer, found, colour ? [COLOURS[answer], RESET] : undefined)
    ),
    ...(steps.length === 0 ? [] : ["", "Next steps:", ...steps.map((step) => `- ${step}`)]),
  ];
}

function worst(answers: readonly Answer[]): Answer["answer"] {
  return (["no", "warning"] as const).find((wanted) => answers.some(({ answer }) => answer === wanted)) ??
    "ok";
}
