/** Selectors: which objects a list names, by labels and by fields. */

import assert from "node:assert/strict";
import { assertRefusal, names } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam, type Team } from "./team.ts";

function select(
  team: Team,
  kind: "label" | "field",
  selector: string,
  collection = "devopspolicies",
  code = 200,
) {
  return team.get(`${collection}?${new URLSearchParams({ [`${kind}Selector`]: selector })}`, { code });
}

/** Selectors over policies `blue` and `green` of that colour, `new` of size 1 and blue, and `plain` without labels. */
const LABELS: readonly (readonly [selector: string, selected: readonly string[]])[] = [
  ["color=blue", ["blue", "new"]],
  ["color==green", ["green"]],
  ["color!=blue", ["green", "plain"]],
  ["color in (blue,green)", ["blue", "green", "new"]],
  ["color notin (blue, red)", ["green", "plain"]],
  ["color", ["blue", "green", "new"]],
  ["!color", ["plain"]],
  ["color=blue,size", ["new"]],
  ["color = blue , example.com/size notin (2)", ["blue", "new"]],
  ["", ["blue", "green", "new", "plain"]],
  ["color=red", []],
];

/** Selectors that cannot be read, and why. */
const UNREADABLE: readonly (readonly [selector: string, message: string])[] = [
  ["color===blue", "unable to parse requirement: found '=', expected: identifier"],
  ["color in", "unable to parse requirement: found '' expected: '('"],
  ["color=blue green", "found 'green', expected: ',' or 'end of string'"],
];

export const SELECTORS: readonly Row[] = [
  ...LABELS.map(([selector, selected]): Row => ({
    name: `the labels "${selector}" select ${selected.join(", ") || "nothing"}`,
    async run(server) {
      const team = await newTeam(server);
      await Promise.all([
        team.policy("blue", { metadata: { labels: { color: "blue" } } }),
        team.policy("green", { metadata: { labels: { color: "green" } } }),
        team.policy("new", { metadata: { labels: { color: "blue", size: "1" } } }),
        team.policy("plain"),
      ]);
      assert.deepEqual(names(await select(team, "label", selector)), selected);
    },
  })),
  ...UNREADABLE.map(([selector, message]): Row => ({
    name: `the labels "${selector}" are a 400 that says where they go wrong`,
    async run(server) {
      const team = await newTeam(server);
      const answer = await select(team, "label", selector, "devopspolicies", 400);
      assertRefusal(answer, { code: 400, reason: "BadRequest", message });
    },
  })),
  {
    name: "custom objects are selected by the fields name and namespace",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a");
      await team.policy("b");
      const selected = async (selector: string) => names(await select(team, "field", selector));
      assert.deepEqual(await selected("metadata.name=a"), ["a"]);
      assert.deepEqual(await selected("metadata.name!=a"), ["b"]);
      assert.deepEqual(await selected(`metadata.namespace=${team.namespace}`), ["a", "b"]);
      assert.deepEqual(await selected(`metadata.name=b,metadata.namespace=${team.namespace}`), ["b"]);
      assert.deepEqual(await selected("metadata.namespace=other"), []);
    },
  },
  {
    name: "custom objects cannot be selected by other fields",
    async run(server) {
      const team = await newTeam(server);
      const answer = await select(team, "field", "spec.maxRestartCount=1", "devopspolicies", 400);
      assertRefusal(answer, {
        code: 400,
        reason: "BadRequest",
        message: "field label not supported: spec.maxRestartCount",
      });
    },
  },
  {
    name: "pods are selected by phase and node",
    async run(server) {
      const team = await newTeam(server);
      await team.pod("pending");
      await team.pod("running", { spec: { nodeName: "node-1" } });
      await team.patch("pods/running/status", { status: { phase: "Running" } });
      const selected = async (selector: string) => names(await select(team, "field", selector, "pods"));
      assert.deepEqual(await selected("status.phase=Running"), ["running"]);
      assert.deepEqual(await selected("status.phase!=Running"), ["pending"]);
      assert.deepEqual(await selected("spec.nodeName=node-1"), ["running"]);
      assert.deepEqual(await selected("status.phase=Running,metadata.name=pending"), []);
    },
  },
  {
    name: "events are selected by what they are about, as kubectl describe does",
    async run(server) {
      const team = await newTeam(server);
      const about = (name: string) => ({
        kind: "DevOpsPolicy",
        namespace: team.namespace,
        name,
        uid: `uid-${name}`,
      });
      for (const name of ["a", "b"]) {
        await team.post("events", {
          apiVersion: "v1",
          kind: "Event",
          metadata: { name: `${name}.1` },
          involvedObject: about(name),
          reason: "Evaluated",
          message: "x",
          type: "Normal",
        });
      }
      const fields = Object.entries(about("b")).map(([field, value]) => `involvedObject.${field}=${value}`);
      assert.deepEqual(names(await select(team, "field", fields.join(), "events")), ["b.1"]);
    },
  },
  {
    name: "labels and fields select together",
    async run(server) {
      const team = await newTeam(server);
      await team.policy("a", { metadata: { labels: { color: "blue" } } });
      await team.policy("b", { metadata: { labels: { color: "blue" } } });
      const query = new URLSearchParams({ labelSelector: "color=blue", fieldSelector: "metadata.name!=a" });
      assert.deepEqual(names(await team.get(`devopspolicies?${query}`)), ["b"]);
    },
  },
];
