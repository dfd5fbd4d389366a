/** The faults: what networks, proxies and API servers do to a request, each as a name. */

import { type Form, JSON_FORM, PROTOBUF_FORM } from "../../tools/bench/replay/frames.ts";
import * as protobuf from "../support/protobuf_objects.ts";
import type { Exchange, Teller } from "./exchange.ts";
import type { Fault } from "./script.ts";

/** A refusal, as an API server words it. */
export interface Refusal {
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly string[];
  readonly retryAfterSeconds?: number;
}

export const GONE: Refusal = { code: 410, reason: "Expired", message: "too old resource version: 1 (2)" };
export const TOO_LARGE_VERSION: Refusal = {
  code: 504,
  reason: "Timeout",
  message: "Too large resource version: 9, current: 1",
  causes: ["Too large resource version"],
};

/** Answers after `ms` milliseconds. */
export function delay(ms: number): Fault {
  return async (exchange) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await exchange.pass();
  };
}

/** Never answers, and keeps the connection; the API server hears of nothing. */
export const freeze: Fault = (exchange) => exchange.freeze();

/** Breaks the connection; the API server hears of nothing. */
export const reset: Fault = (exchange) => exchange.reset();

/** Has the API server do what is asked for, and loses its answer: without a word, or with a broken connection. */
export function swallow(how: "freeze" | "reset"): Fault {
  return async (exchange) => {
    await (await exchange.forward()).body?.cancel();
    await exchange[how]();
  };
}

/** Does `act` before the request is passed on. */
export function before(act: () => Promise<unknown>): Fault {
  return async (exchange) => {
    await act();
    await exchange.pass();
  };
}

/** Shows the object of an answer as `alter` makes it. */
export function altering(alter: (object: Record<string, unknown>) => unknown): Fault {
  return async (exchange) => {
    const response = await exchange.forward();
    const object = await response.json();
    exchange.answer(
      response.status,
      "application/json",
      JSON.stringify(response.ok ? alter(object) : object),
    );
  };
}

/** Refuses in place of the API server, in JSON. */
export function refuse(refusal: Refusal): Fault {
  const headers = new Headers();
  if (refusal.retryAfterSeconds !== undefined) headers.set("retry-after", `${refusal.retryAfterSeconds}`);
  return (exchange) =>
    exchange.answer(refusal.code, "application/json", JSON.stringify(toStatus(refusal)), headers);
}

/** Accepts a watch, and refuses it in its first event. */
export function refuseInStream(refusal: Refusal): Fault {
  return async (exchange) => {
    const form = formAsked(exchange);
    exchange.begin(form.mediaType);
    await exchange.write(errorFrame(refusal, form));
    exchange.end();
  };
}

/** Accepts a watch, and ends it at once. */
export const close: Fault = (exchange) => {
  exchange.begin(formAsked(exchange).mediaType);
  exchange.end();
};

/** Sends the client elsewhere. */
export function redirect(location: string, code = 307): Fault {
  return (exchange) => exchange.answer(code, "text/plain", "", new Headers({ location }));
}

/** What a login page says. */
export const html: Fault = (exchange) =>
  exchange.answer(200, "text/html", "<!doctype html><title>Sign in</title><p>Who are you?");

/** Passes on with other query parameters. */
export function asking(query: Readonly<Record<string, string>>): Fault {
  return (exchange) => exchange.pass({ query });
}

/** Passes on, and tells the frames in another way. */
export function telling(teller: Teller): Fault {
  return (exchange) => {
    exchange.teller = teller;
    return exchange.pass();
  };
}

/** The frame of a watch that says what went wrong. */
export function errorFrame(refusal: Refusal, form: Form): Uint8Array {
  const status = toStatus(refusal);
  return form === PROTOBUF_FORM
    ? protobuf.frames(protobuf.podEvent("ERROR", protobuf.status(status)))
    : new TextEncoder().encode(`${JSON.stringify({ type: "ERROR", object: status })}\n`);
}

/** The form that the request likes best. */
export function formAsked({ request }: Exchange): Form {
  return request.headers.get("accept")?.startsWith("application/vnd.kubernetes.protobuf")
    ? PROTOBUF_FORM
    : JSON_FORM;
}

function toStatus(
  { code, reason = "", message = `refused with ${code}`, causes, retryAfterSeconds }: Refusal,
) {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    details: {
      ...(causes && { causes: causes.map((message) => ({ message })) }),
      ...(retryAfterSeconds && { retryAfterSeconds }),
    },
    code,
  };
}
