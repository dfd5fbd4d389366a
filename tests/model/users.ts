/** The users of a world: what they do to policies, and what of it must still be there in the end. */

import { type ObjectRef, refKey } from "../../lib/api/object.ts";
import type { KubeObject } from "../contract/object.ts";
import { GROUP, PATCH, policy } from "../contract/team.ts";
import type { ContractServer } from "../contract/server.ts";

/** One in front of ours and one behind it, so that ours has no place of its own. */
const [IN_FRONT, BEHIND] = ["example.com/in-front", "example.com/behind"] as const;
const FOREIGN_CONDITION = "example.com/Seen";

/** Acts on the policies of a server, as others than the operator do: without looking where it stands with its own writes. */
export class Users {
  readonly #server: Pick<ContractServer, "request">;
  /** By policy: the finalizers that others have put on it. */
  readonly #foreign = new Map<string, readonly string[]>();
  /** By policy: the uid that it had when others wrote a condition on it. */
  readonly #seen = new Map<string, string>();

  constructor(server: Pick<ContractServer, "request">) {
    this.#server = server;
  }

  /** The finalizers that others have put on a policy. */
  foreign(ref: ObjectRef): readonly string[] {
    return this.#foreign.get(refKey(ref)) ?? [];
  }

  /** What a policy has lost of what others wrote on it; undefined when it is all there. */
  lost({ metadata, status }: KubeObject): string | undefined {
    if (this.#seen.get(refKey(metadata)) !== metadata.uid) return undefined;
    const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string }[] };
    return conditions.some(({ type }) => type === FOREIGN_CONDITION) ? undefined : FOREIGN_CONDITION;
  }

  /** Creates a policy, or replaces its spec. */
  async put(ref: ObjectRef, spec: object): Promise<void> {
    if (await this.#patch(ref, [{ op: "replace", path: "/spec", value: spec }])) return;
    await this.#server.request("POST", collectionOf(ref), policy(ref.name, { spec }));
  }

  async delete(ref: ObjectRef): Promise<void> {
    await this.#server.request("DELETE", pathTo(ref));
    if (await this.#find(ref) === undefined) this.#foreign.delete(refKey(ref));
  }

  /** Has the policy go at once, whoever holds it, and creates another of its name. */
  async recreate(ref: ObjectRef, spec: object): Promise<void> {
    await this.delete(ref);
    await this.strip(ref);
    await this.put(ref, spec);
  }

  /** Takes all finalizers off. */
  async strip(ref: ObjectRef): Promise<void> {
    const found = await this.#find(ref);
    if (found?.metadata.finalizers === undefined) return;
    if (await this.#patch(ref, [{ op: "remove", path: "/metadata/finalizers" }])) {
      this.#foreign.delete(refKey(ref));
    }
  }

  /** Puts finalizers of their own on; or takes one of them off, if there are any. */
  async hold(ref: ObjectRef): Promise<void> {
    const finalizers = (await this.#find(ref))?.metadata.finalizers ?? [];
    const [first, ...others] = this.foreign(ref);
    const test = {
      op: "test",
      path: "/metadata/finalizers",
      value: finalizers.length === 0 ? null : finalizers,
    };
    const value = first === undefined
      ? [IN_FRONT, ...finalizers, BEHIND]
      : finalizers.filter((finalizer) => finalizer !== first);
    if (await this.#patch(ref, [test, { op: "add", path: "/metadata/finalizers", value }])) {
      this.#foreign.set(refKey(ref), first === undefined ? [IN_FRONT, BEHIND] : others);
    }
  }

  /** Writes a condition of their own beside those that are there. */
  async see(ref: ObjectRef): Promise<void> {
    const found = await this.#find(ref);
    const { conditions = [] } = (found?.status ?? {}) as { conditions?: readonly { type: string }[] };
    if (found === undefined || conditions.some(({ type }) => type === FOREIGN_CONDITION)) return;
    const seen = {
      type: FOREIGN_CONDITION,
      status: "True",
      reason: "Seen",
      message: "",
      lastTransitionTime: "2026-02-22T10:00:00Z",
    };
    const { resourceVersion, uid } = found.metadata;
    const change = { metadata: { resourceVersion }, status: { conditions: [...conditions, seen] } };
    if (await this.#merge(ref, "/status", change)) this.#seen.set(refKey(ref), uid);
  }

  /** Writes a wrong score. */
  async scribble(ref: ObjectRef): Promise<void> {
    await this.#merge(ref, "/status", { status: { healthScore: 1 } });
  }

  /** Changes what the operator does not care for, so that what it writes meets a policy that has moved on. */
  async touch(ref: ObjectRef): Promise<void> {
    await this.#merge(ref, "", { metadata: { annotations: { touched: crypto.randomUUID() } } });
  }

  async #find(ref: ObjectRef): Promise<KubeObject | undefined> {
    const answer = await this.#server.request("GET", pathTo(ref));
    return answer.ok ? await answer.json() : undefined;
  }

  async #patch(ref: ObjectRef, operations: readonly object[]): Promise<boolean> {
    return await this.#send(ref, "", operations, PATCH.json);
  }

  async #merge(ref: ObjectRef, part: "" | "/status", change: object): Promise<boolean> {
    return await this.#send(ref, part, change, PATCH.merge);
  }

  /** Whether the server has taken a change; users, too, come too late. */
  async #send(ref: ObjectRef, part: string, body: unknown, type: string): Promise<boolean> {
    const path = `${pathTo(ref)}${part}`;
    const answer = await this.#server.request("PATCH", path, body, { "content-type": type });
    const text = await answer.text();
    if (answer.ok || [404, 409, 422].includes(answer.status)) return answer.ok;
    throw new Error(`PATCH ${path}: ${text}`);
  }
}

function pathTo(ref: ObjectRef): string {
  return `${collectionOf(ref)}/${ref.name}`;
}

function collectionOf({ namespace }: ObjectRef): string {
  return `${GROUP}/namespaces/${namespace}/devopspolicies`;
}
