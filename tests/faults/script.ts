/** What a proxy is told to do to requests and watches, and whether there was an occasion for each part of it. */

import type { Exchange, Teller } from "./exchange.ts";
import { agrees, type LoggedRequest, type Match } from "./logged_request.ts";

/** Answers one request, in whatever way. */
export type Fault = (exchange: Exchange) => void | Promise<void>;

/** A fault at work. */
export interface Injected {
  /** How many requests it has answered. */
  readonly hits: number;
  /** Lets requests pass again. */
  stop(): void;
}

interface Rule extends Injected {
  hits: number;
  left: number;
  readonly match: Match;
  readonly fault: Fault;
}

/** All that was ever asked for, and what of it still holds. */
export class Script {
  readonly #rules = new Set<Rule>();
  /** What has to be met for that a test has tested anything, by what it is. */
  readonly #awaited: (readonly [what: string, part: { readonly hits: number }])[] = [];

  /** What nobody has met; whoever injected it has seen nothing of it. */
  get unmet(): readonly string[] {
    return this.#awaited.filter(([, { hits }]) => hits === 0).map(([what]) => what);
  }

  /** Answers the next `times` requests that agree with `match` by `fault`; of several faults the newest counts. */
  inject(match: Match, fault: Fault, times: number): Injected {
    const rule = this.#add(match, fault, times);
    const { kind = "any request", resource, name } = match;
    this.#awaited.push([[kind, resource, name].filter((part) => part !== undefined).join(" "), rule]);
    return rule;
  }

  /** The same for requests that should not come: that nobody meets it is as good. */
  trap(match: Match, fault: Fault): Injected {
    return this.#add(match, fault, Infinity);
  }

  /** Has a watch tell in another way from now on. */
  retell(exchange: Exchange, teller: Teller): void {
    const part = { hits: 0 };
    this.#awaited.push([`what the watch of ${exchange.request.resource} tells`, part]);
    exchange.teller = (frame, exchange, form) => {
      part.hits++;
      return teller(frame, exchange, form);
    };
  }

  /** Takes back all that is for requests. */
  clear(): void {
    this.#rules.clear();
  }

  /** What is to be done with a request. */
  take(request: LoggedRequest): Fault {
    const rule = [...this.#rules].findLast(({ match }) => agrees(request, match));
    if (rule === undefined) return (exchange) => exchange.pass();
    rule.hits++;
    if (--rule.left <= 0) this.#rules.delete(rule);
    return rule.fault;
  }

  #add(match: Match, fault: Fault, left: number): Rule {
    const stop = () => void this.#rules.delete(rule);
    const rule: Rule = { match, fault, hits: 0, left, stop };
    this.#rules.add(rule);
    return rule;
  }
}
