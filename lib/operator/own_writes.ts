/** Our own writes of status: told apart from those of others, and each of them told of once, whatever became of its answer. */

import type { DevOpsPolicy } from "../api/devops_policy.ts";
import { type ObjectRef, refKey } from "../api/object.ts";
import { type News, newsOf } from "../policy/news.ts";
import { parseStatus, sayTheSame } from "../policy/status.ts";
import type { PolicyStatus } from "../policy/status_schema.ts";

/** So many writes without an answer are remembered of one policy. */
const MAX_SENT = 8;

/** That nothing is without an answer, once for all policies. */
const NOTHING: readonly PolicyStatus[] = [];

/** What is known of one policy. */
interface Entry {
  /** A policy that was created again under its name has another one, and begins anew. */
  readonly uid: string | undefined;
  /** The policy as the API server had it when we last agreed with its status; undefined before that. */
  readonly stored: DevOpsPolicy | undefined;
  /** What we agreed to, as it was written: a server with an older CRD keeps only part of it. */
  readonly status: PolicyStatus;
  /** What was sent since then, and not answered yet, or by nobody; the latest last. Any of it may be stored by now. */
  readonly sent: readonly PolicyStatus[];
}

/** What our own writes are judged by. */
export interface OwnWritesOptions {
  /** The policy as it is stored. */
  readonly find: (ref: ObjectRef) => DevOpsPolicy | undefined;
  /** Hears of each policy of which somebody else has changed what we say in its status. */
  readonly onOverwritten: (policy: ObjectRef) => void;
}

/** What we have written in the status of each policy. Of these, one at a time is under way for each policy. */
export class OwnWrites {
  readonly #options: OwnWritesOptions;
  readonly #entries = new Map<string, Entry>();
  /** The policies of which a write is under way: only its answer shows which of the changes told of meanwhile is ours. */
  readonly #underWay = new Set<string>();

  constructor(options: OwnWritesOptions) {
    this.#options = options;
  }

  /**
   * The status to compare with. While the answer to our last write is what is stored, that is what we wrote: that a server
   * keeps only part of it is no reason to write the rest again and again.
   */
  statusOf(policy: DevOpsPolicy): PolicyStatus {
    const entry = this.#entryOf(policy);
    return entry?.stored === policy ? entry.status : parseStatus(policy.status);
  }

  /**
   * Writes `status` in place of that of `policy` by way of `send`, whose answer must be stored when it resolves.
   *
   * @returns the answer, and what there is to tell of it
   */
  async write(
    policy: DevOpsPolicy,
    status: PolicyStatus,
    send: () => Promise<DevOpsPolicy>,
  ): Promise<{ readonly answer: DevOpsPolicy; readonly news: readonly News[] }> {
    const [key, { uid }] = [refKey(policy), policy.metadata];
    const news = this.#newsOf(policy, status);
    const { stored, sent = NOTHING } = this.#entryOf(policy) ?? {};
    this.#entries.set(key, {
      uid,
      stored,
      status: this.#known(policy),
      sent: [...sent, status].slice(-MAX_SENT),
    });
    this.#underWay.add(key);
    let before = policy;
    try {
      const answer = before = await send();
      this.#entries.set(key, { uid, stored: answer, status, sent: NOTHING });
      return { answer, news };
    } finally {
      this.#underWay.delete(key);
      const now = this.#options.find(policy);
      const isSame = now !== undefined && now.metadata.uid === uid;
      if (isSame && !this.#isUnanswered(now)) this.changed(before, now);
    }
  }

  /**
   * Takes note that the status of `policy` is right as it is.
   *
   * @returns what there is to tell if it was we who wrote it and nobody answered; undefined if not
   */
  agree(policy: DevOpsPolicy): readonly News[] | undefined {
    const status = this.statusOf(policy);
    const news = this.#isUnanswered(policy) ? this.#newsOf(policy, status) : undefined;
    const { uid } = policy.metadata;
    this.#entries.set(refKey(policy), { uid, stored: policy, status, sent: NOTHING });
    return news;
  }

  /** Takes note that the policy `before` is now stored as `after`. */
  changed(before: DevOpsPolicy, after: DevOpsPolicy): void {
    if (before === after || this.#underWay.has(refKey(after))) return;
    const isUntouched = sayTheSame(parseStatus(before.status), parseStatus(after.status));
    if (!isUntouched) this.#options.onOverwritten(after);
  }

  forget(ref: ObjectRef): void {
    this.#entries.delete(refKey(ref));
  }

  #entryOf(policy: DevOpsPolicy): Entry | undefined {
    const entry = this.#entries.get(refKey(policy));
    return entry?.uid === policy.metadata.uid ? entry : undefined;
  }

  /** The status that users know of: what we agreed to last, or else what we found. */
  #known(policy: DevOpsPolicy): PolicyStatus {
    return this.#entryOf(policy)?.status ?? this.statusOf(policy);
  }

  /** Whether the status of `policy` is what we sent when nobody answered. */
  #isUnanswered(policy: DevOpsPolicy): boolean {
    const sent = this.#entryOf(policy)?.sent ?? NOTHING;
    return sent.some((one) => sayTheSame(this.statusOf(policy), one));
  }

  /**
   * What `status` has for news to users. Unless somebody else has made that step: whoever did tells of it. What they know
   * already is no news, whatever somebody has written in between.
   */
  #newsOf(policy: DevOpsPolicy, status: PolicyStatus): readonly News[] {
    const isOurs = this.#isUnanswered(policy) || newsOf(this.statusOf(policy), status).length > 0;
    return isOurs ? newsOf(this.#known(policy), status) : [];
  }
}
