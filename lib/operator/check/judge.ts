/** Judges what was found out about a cluster: one answer for each question, with the next step where one is to be taken. */

import { LEASE_NAME, POLICY_RESOURCE } from "../../api/devops_policy.ts";
import { ApiError } from "../../api/errors.ts";
import { summarize } from "../../policy/crd_diff.ts";
import { servedDifferences } from "../../policy/served_crd.ts";
import { ELECTION_ROLE, type Permission } from "../permissions.ts";
import type { Facts, RightFound } from "./facts.ts";
import { bindCommand } from "./bind_command.ts";

/** The answer to one question. */
export interface Answer {
  /** Names the question for programs, together with `namespace`; it stays the same from version to version. */
  readonly id: string;
  /** Left out when the question is not about one namespace. */
  readonly namespace?: string;
  /** What was asked, for people. */
  readonly asked: string;
  /** `warning` is for what the operator can live with. */
  readonly answer: "ok" | "warning" | "no";
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly next?: string;
}

/** Beyond this, a clock is told of; milliseconds. */
const NOTABLE_MS = 2_000;
/** Beyond this, pods count as pending for too long that are not, or the other way round; milliseconds. */
const WRONG_MS = 10_000;

/** The answers, in the order in which things have to be put right. */
export function judge(facts: Facts): readonly Answer[] {
  return [
    judgeServer(facts),
    judgeClock(facts),
    judgeCrd(facts),
    ...facts.rights.map((right) => judgeRight(right, facts)),
    ...facts.watchLists.map(judgeWatchList),
  ];
}

function judgeServer({ server, origin, version, user }: Facts): Answer {
  const who = user === undefined ? "" : `, as ${user}`;
  const found = `${version ?? "of unknown version"}, ${server} (${origin})${who}`;
  return { id: "server", asked: "API server reached", answer: "ok", found };
}

function judgeClock({ clock }: Facts): Answer {
  const question = { id: "clock", asked: "clocks agree" };
  if (clock === undefined) {
    return { ...question, answer: "warning", found: "not known: the server does not tell the time" };
  }
  const sureMs = Math.max(0, Math.abs(clock.aheadMs) - clock.toleranceMs);
  if (sureMs <= NOTABLE_MS) return { ...question, answer: "ok", found: "to within 2 s" };
  const seconds = Math.round(Math.abs(clock.aheadMs) / 1000);
  return {
    ...question,
    answer: sureMs > WRONG_MS ? "no" : "warning",
    found: `this machine's is ${seconds} s ${clock.aheadMs > 0 ? "behind" : "ahead of"} the server's`,
    next:
      "Set this machine's clock or the server's by NTP: pending violations and lastEvaluated depend on it.",
  };
}

function judgeCrd({ crd }: Facts): Answer {
  const question = { id: "crd", asked: "CRD installed and current" };
  if ("refused" in crd) {
    const found = `not known: ${crd.refused.message}`;
    const next = "Bind the ClusterRole system:discovery to system:authenticated again, as it is by default.";
    return { ...question, answer: "no", found, next };
  }
  if (crd.told === undefined) {
    const next = "As somebody who may create CRDs: kube-devops crd install";
    return { ...question, answer: "no", found: "not installed", next };
  }
  const differing = servedDifferences(crd.told);
  if (differing.length === 0) return { ...question, answer: "ok", found: "as this version has it" };
  if (crd.told.spec.versions[0].schema === undefined && differing.length === 1) {
    const found = "installed; the server does not describe it, so whether it is current is not known";
    return { ...question, answer: "warning", found };
  }
  return {
    ...question,
    answer: "no",
    found: `differs in ${summarize(differing)}`,
    next: "As somebody who may update CRDs: kube-devops crd install --upgrade",
  };
}

function judgeRight({ permission, namespace, allowed }: RightFound, { user, origin }: Facts): Answer {
  const { verb, resource, name, why, isDispensable = false } = permission;
  const question = {
    id: `may ${verb} ${fullName(permission)}`,
    ...(namespace !== undefined && { namespace }),
    asked: `may ${verb} ${name === undefined ? resource : `${resource}/${name}`} in ${
      namespace ?? "all namespaces"
    }`,
  };
  const who = user ?? `the identity of ${origin}`;
  if ("refused" in allowed) {
    const command = bindCommand({ user, namespace: undefined, role: "system:basic-user" });
    const next = `Let ${who} ask what it may do: ${command}`;
    return { ...question, answer: "no", found: `not known: ${allowed.refused.message}`, next };
  }
  if (allowed.told) return { ...question, answer: "ok", found: `to ${why}` };
  return {
    ...question,
    answer: isDispensable ? "warning" : "no",
    found: `not allowed; needed to ${why}`,
    next: `Grant what is missing to ${who}${grantCommand(permission, namespace, user)}`,
  };
}

/** The rest of the sentence that says how. */
function grantCommand(
  { resource, name = LEASE_NAME }: Permission,
  namespace: string | undefined,
  user: string | undefined,
): string {
  if (resource !== "leases") {
    return `: kubectl apply -f deploy/base/clusterrole.yaml && ${
      bindCommand({ user, namespace, role: "kube-devops" })
    }`;
  }
  const file = "deploy/components/high-availability/rights/role.yaml";
  const changed = name === LEASE_NAME ? "" : `, with ${name} as its resourceNames`;
  const command = bindCommand({ user, namespace, role: ELECTION_ROLE, isOwn: true });
  return `${changed}: kubectl apply -n ${namespace} -f ${file} && ${command}`;
}

function judgeWatchList({ resource, tried }: Facts["watchLists"][number]): Answer {
  const group = resource === POLICY_RESOURCE.plural ? POLICY_RESOURCE.group : "";
  const question = {
    id: `watch-list ${fullName({ group, resource })}`,
    asked: `watch-list of ${resource} supported`,
  };
  switch (tried.result) {
    case "supported":
      return { ...question, answer: "ok", found: "read and watched in one request" };
    case "unsupported":
      return {
        ...question,
        answer: "warning",
        found: "not supported: lists in pages instead, which is fine",
      };
    case "untried":
      return { ...question, answer: "warning", found: `not tried: ${tried.why}` };
    case "failed":
      return {
        ...question,
        answer: "no",
        found: `watching fails: ${tried.error.message}`,
        next: tried.error instanceof ApiError
          ? "Ask whoever runs the API server: the operator cannot work without watches."
          : "Let watches through whatever stands between here and the API server, unbuffered.",
      };
    default:
      return tried satisfies never;
  }
}

/** `pods`, or `devopspolicies.devops.stochastic.io/status`: as kubectl names them. */
function fullName({ group, resource }: Pick<Permission, "group" | "resource">): string {
  const [plural, ...subresource] = resource.split("/");
  return [group === "" ? plural : `${plural}.${group}`, ...subresource].join("/");
}
