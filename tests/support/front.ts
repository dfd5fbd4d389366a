/** What stands before a sandbox: records each call, and lets a test answer in its place as no healthy server would. */

import type { Clock } from "../../lib/api/clock.ts";
import { parsePath } from "../../lib/sandbox/router.ts";
import type { Handler } from "./traffic.ts";

/** One request to the server, in terms of the API. */
export interface Call {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "patchStatus" | "delete";
  /** The plural, for example `pods`. */
  readonly resource: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** The HTTP status of the answer; undefined until it is given. */
  code: number | undefined;
}

/** Answers a call in whatever way; `next` has the server answer it. */
export type Fault = (call: Call, next: () => Promise<Response>) => Response | Promise<Response>;

/** A handler before a handler. */
export class Front {
  readonly calls: Call[] = [];
  /** May be replaced at any time; holds for the calls that come after. */
  fault: Fault = (_call, next) => next();
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #handler: Handler;

  constructor(handler: Handler, clock: Pick<Clock, "monotonic">) {
    this.#handler = handler;
    this.#clock = clock;
  }

  async handle(request: Request): Promise<Response> {
    const call = toCall(request, await request.clone().text(), this.#clock.monotonic());
    this.calls.push(call);
    const answer = await this.fault(call, () => this.#handler(request));
    call.code = answer.status;
    return answer;
  }
}

function toCall({ method, url }: Request, body: string, at: number): Call {
  const { pathname, searchParams: query } = new URL(url);
  const target = parsePath(pathname);
  const { plural = "", namespace = "", name = "", subresource = "" } = target.about === "resource"
    ? target
    : {};
  return {
    verb: verbOf(method, { name, subresource, isWatch: query.get("watch") === "true" }),
    resource: plural,
    namespace,
    name,
    query,
    body: body === "" ? undefined : JSON.parse(body),
    at,
    code: undefined,
  };
}

function verbOf(
  method: string,
  { name, subresource, isWatch }: { name: string; subresource: string; isWatch: boolean },
): Call["verb"] {
  switch (method) {
    case "GET":
      return name !== "" ? "get" : isWatch ? "watch" : "list";
    case "PATCH":
      return subresource === "status" ? "patchStatus" : "patch";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "DELETE":
      return "delete";
    default:
      throw new TypeError(`the tests know no verb for ${method}`);
  }
}
