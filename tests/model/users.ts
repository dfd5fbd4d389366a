/** The users of a world: what they do to policies, and what of it must still be there in the end. */

import type { KubeObject } from "../contract/object.ts";
import { GROUP, PATCH, policy } from "../contract/team.ts";
import type { ContractServer } from "../contract/server.ts";
import { POLICY } from "./world.ts";

/** One in front of ours and one behind it, so that ours has no place of its own. */
const [IN_FRONT, BEHIND] = ["example.com/in-front", "example.com/behind"] as const;
const FOREIGN_CONDITION = "example.com/Seen";

/** Acts on the policies of a server, as others than the operator do: without looking where it stands with its own writes. */
export class Users {
  readonly #server: Pick<ContractServer, "request">;
  /** By namespace: the finalizers that others have put on its policy. */
  readonly #foreign = new Map<string, readonly string[]>();
  /** By namespace: the policy, by its uid, on which others have written a condition. */
  readonly #seen = new Map<string, string>();

  constructor(server: Pick<ContractServer, "request">) {
    this.#server = server;
  }

  /** The finalizers that others have put on the policy of a namespace. */
  foreign(namespace: string): readonly string[] {
    return this.#foreign.get(namespace) ?? [];
  }

  /** What a policy has lost of what others wrote on it; undefined when it is all there. */
  lost({ metadata: { namespace, uid }, status }: KubeObject): string | undefined {
    if (this.#seen.get(namespace) !== uid) return undefined;
    const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string }[] };
    return conditions.some(({ type }) => type === FOREIGN_CONDITION) ? undefined : FOREIGN_CONDITION;
  }

  /** Creates the policy of a namespace, or replaces its spec. */
  async put(namespace: string, spec: object): Promise<void> {
    if (await this.#patch(namespace, [{ op: "replace", path: "/spec", value: spec }])) return;
    await this.#server.request("POST", pathTo(namespace), policy(POLICY, { spec }));
  }

  async delete(namespace: string): Promise<void> {
    await this.#server.request("DELETE", `${pathTo(namespace)}/${POLICY}`);
    if (await this.#find(namespace) === undefined) this.#foreign.delete(namespace);
  }

  /** Has the policy go at once, whoever holds it, and creates another of its name. */
  async recreate(namespace: string, spec: object): Promise<void> {
    await this.delete(namespace);
    await this.strip(namespace);
    await this.put(namespace, spec);
  }

  /** Takes all finalizers off. */
  async strip(namespace: string): Promise<void> {
    const found = await this.#find(namespace);
    if (found?.metadata.finalizers === undefined) return;
    if (await this.#patch(namespace, [{ op: "remove", path: "/metadata/finalizers" }])) {
      this.#foreign.delete(namespace);
    }
  }

  /** Puts finalizers of their own on; or takes one of them off, if there are any. */
  async hold(namespace: string): Promise<void> {
    const finalizers = (await this.#find(namespace))?.metadata.finalizers ?? [];
    const [first, ...others] = this.foreign(namespace);
    const test = {
      op: "test",
      path: "/metadata/finalizers",
      value: finalizers.length === 0 ? null : finalizers,
    };
    const value = first === undefined
      ? [IN_FRONT, ...finalizers, BEHIND]
      : finalizers.filter((finalizer) => finalizer !== first);
    if (await this.#patch(namespace, [test, { op: "add", path: "/metadata/finalizers", value }])) {
      this.#foreign.set(namespace, first === undefined ? [IN_FRONT, BEHIND] : others);
    }
  }

  /** Writes a condition of their own beside those that are there. */
  async see(namespace: string): Promise<void> {
    const found = await this.#find(namespace);
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
    if (await this.#merge(namespace, "/status", change)) this.#seen.set(namespace, uid);
  }

  /** Writes a wrong score. */
  async scribble(namespace: string): Promise<void> {
    await this.#merge(namespace, "/status", { status: { healthScore: 1 } });
  }

  /** Changes what the operator does not care for, so that what it writes meets a policy that has moved on. */
  async touch(namespace: string): Promise<void> {
    await this.#merge(namespace, "", { metadata: { annotations: { touched: crypto.randomUUID() } } });
  }

  async #find(namespace: string): Promise<KubeObject | undefined> {
    const answer = await this.#server.request("GET", `${pathTo(namespace)}/${POLICY}`);
    return answer.ok ? await answer.json() : undefined;
  }

  async #patch(namespace: string, operations: readonly object[]): Promise<boolean> {
    return await this.#send(namespace, "", operations, PATCH.json);
  }

  async #merge(namespace: string, part: "" | "/status", change: object): Promise<boolean> {
    return await this.#send(namespace, part, change, PATCH.merge);
  }

  /** Whether the server has taken a change; users, too, come too late. */
  async #send(namespace: string, part: string, body: unknown, type: string): Promise<boolean> {
    const path = `${pathTo(namespace)}/${POLICY}${part}`;
    const answer = await this.#server.request("PATCH", path, body, { "content-type": type });
    const text = await answer.text();
    if (answer.ok || [404, 409, 422].includes(answer.status)) return answer.ok;
    throw new Error(`PATCH ${path}: ${text}`);
  }
}

function pathTo(namespace: string): string {
  return `${GROUP}/namespaces/${namespace}/devopspolicies`;
}
