/** The network between an operator and a sandbox in one process: nothing is lost, held or said twice unless a test says so. */

import { type LinkedAbort, unlessAborted } from "../../lib/api/abort.ts";
import { ConnectionError } from "../../lib/api/errors.ts";
import { abortableBody } from "../../lib/kube/abortable_body.ts";
import type { Credentials } from "../../lib/kube/credentials.ts";
import type { Transport } from "../../lib/kube/transport.ts";
import { bodyOf } from "../support/bodies.ts";
import type { Handler } from "../support/traffic.ts";
import { InProcessTransport } from "./in_process_transport.ts";
import { Interjections } from "./interjections.ts";
import { OutdatedWrites } from "./outdated_writes.ts";
import { WatchLine } from "./watch_line.ts";

/** A collection that is watched, by its plural. */
export type Watched = "devopspolicies" | "pods";

/** What becomes of one short call. */
export type Mishap =
  /** It never arrives. */
  | { readonly what: "lose-request" }
  /** It is done, and nobody hears of it. */
  | { readonly what: "lose-answer" }
  /** The server answers this instead of doing it. */
  | { readonly what: "refuse"; readonly code: number; readonly reason: string }
  /** Before it arrives, somebody else does this. */
  | { readonly what: "forestall"; readonly act: () => Promise<void> };

/** On which half of their way short calls are held up, if at all. */
export type Hold = "nothing" | "requests" | "answers";

/** A network. Short calls are what is no watch. */
export class Wire {
  hold: Hold = "nothing";
  readonly #handler: Handler;
  /** What becomes of the next short calls, one each. */
  readonly #mishaps: Mishap[] = [];
  readonly #held: (() => void)[] = [];
  readonly interjections = new Interjections();
  readonly #outdated = new OutdatedWrites();
  readonly #muted = new Set<string>();
  readonly #watches = new Set<WatchLine>();
  /** What each watched collection has said, chunk by chunk, so that it can be said again. */
  readonly #said = new Map<string, Uint8Array[]>();

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  /** The writes that were computed from an older state than what an earlier answer had told the operator. */
  get outdated(): readonly string[] {
    return this.#outdated.found;
  }

  /** A transport that leads through here instead of through sockets. */
  transport(credentials: Credentials): Transport {
    return new InProcessTransport(credentials, (request, life) => this.#ask(request, life));
  }

  /** Has the next short call that meets no other mishap meet this one. */
  mishap(mishap: Mishap): void {
    this.#mishaps.push(mishap);
  }

  /** Lets one held call go on; which one is chosen by any number. */
  proceed(which: number): void {
    this.#held.splice(which % (this.#held.length || 1), 1)[0]?.();
  }

  /** Has the watches of a resource say nothing until {@linkcode unmute}; what they would say waits. */
  mute(resource: Watched): void {
    this.#muted.add(resource);
  }

  unmute(resource: Watched): void {
    this.#muted.delete(resource);
    for (const watch of this.#of(resource)) watch.flush();
  }

  /** Lets each muted watch of a resource say one thing. */
  say(resource: Watched): void {
    for (const watch of this.#of(resource)) watch.flush(1);
  }

  /** Has each watch of a resource that is past its initial part say something again that was said before. */
  repeat(resource: Watched, which: number): void {
    const said = this.#said.get(resource) ?? [];
    const again = said[which % (said.length || 1)];
    if (again !== undefined) { for (const watch of this.#of(resource)) watch.repeat(again); }
  }

  /** Ends the watches of a resource: cleanly, in the middle of what they say next, by an error, or never (they freeze). */
  cut(resource: Watched, how: "ended" | "torn" | "broken" | "frozen"): void {
    for (const watch of this.#of(resource)) watch.cut(how);
  }

  /** Takes back all that was asked for above, and lets go on what is held. */
  heal(): void {
    this.hold = "nothing";
    this.#mishaps.length = 0;
    for (const resource of [...this.#muted]) this.unmute(resource as Watched);
    for (const go of this.#held.splice(0)) go();
  }

  #of(resource: Watched): WatchLine[] {
    return [...this.#watches].filter((watch) => watch.resource === resource);
  }

  async #ask(request: Request, life: LinkedAbort): Promise<Response> {
    const { searchParams, pathname } = new URL(request.url);
    if (searchParams.get("watch") === "true") {
      return await this.#watch(request, pathname.split("/").at(-1)!, searchParams, life);
    }
    const call = pathname.includes("/devopspolicies/") ? this.interjections.next() : undefined;
    if (call !== undefined) await this.#outdated.send(request);
    await this.#pass("requests", life.signal);
    await this.interjections.reach(call, "request");
    const mishap = this.#mishaps.shift();
    switch (mishap?.what) {
      case "lose-request":
        throw new ConnectionError("reset", "a request lost on purpose");
      case "refuse": {
        const { code, reason } = mishap;
        const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message: reason };
        return Response.json(status, { status: code });
      }
      case "forestall":
        await mishap.act();
    }
    const answer = await this.#handler(request);
    await this.interjections.reach(call, "answer");
    await this.#pass("answers", life.signal);
    if (mishap?.what === "lose-answer") throw new ConnectionError("reset", "an answer lost on purpose");
    const body = await answer.text();
    if (call !== undefined && answer.ok) this.#outdated.tell(body);
    // A stream of bytes, as bodies that come over a network are.
    return new Response(bodyOf(new TextEncoder().encode(body)), answer);
  }

  async #pass(half: Hold, signal: AbortSignal): Promise<void> {
    if (this.hold === half) await unlessAborted(new Promise<void>((go) => this.#held.push(go)), signal);
  }

  async #watch(
    request: Request,
    resource: string,
    query: URLSearchParams,
    life: LinkedAbort,
  ): Promise<Response> {
    const answer = await this.#handler(request);
    if (!answer.ok || answer.body === null) return answer;
    const watch: WatchLine = new WatchLine({
      resource,
      body: answer.body,
      isInitial: query.has("sendInitialEvents"),
      isMuted: () => this.#muted.has(resource),
      onSaid: (chunk) => {
        const said = this.#said.get(resource) ?? [];
        this.#said.set(resource, [...said, chunk]);
      },
      onEnd: () => void this.#watches.delete(watch),
    });
    this.#watches.add(watch);
    return new Response(abortableBody(watch.body, { life, toError: (error) => error }), answer);
  }
}
