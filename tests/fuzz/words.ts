/** Fuzzes what people write: image references, specs of policies, and arguments. */

import assert from "node:assert/strict";
import type { Command } from "commander";
import { main } from "../../lib/cli/main.ts";
import { createProgram } from "../../lib/cli/program.ts";
import { parseImageRef, resolvesToLatest } from "../../lib/policy/image_ref.ts";
import { InvalidSpecError, parseSpec } from "../../lib/policy/parse_spec.ts";
import { ALL_CHECKS } from "../support/running_operator.ts";
import { capturing } from "../support/captured.ts";
import { mutateList, mutateObject, mutateText } from "./mutate.ts";
import { isSpec } from "./spec_oracle.ts";
import { judging, type Target } from "./target.ts";

const IMAGES = [
  "nginx",
  "nginx:latest",
  "host:5000/team/app:1.0",
  "registry.example/app@sha256:" + "ab".repeat(32),
  "localhost/app:latest-1",
  "gcr.io/project/image:tag@sha256:" + "0".repeat(64),
];

const image: Target = {
  name: "image reference",
  attempt: (choices) =>
    judging(mutateText(choices.of(IMAGES), choices), (text) => {
      const { registry, repository, tag, digest } = parseImageRef(text);
      const [, written] = /:([^:/]*)$/.exec(text.split("@", 1)[0]!) ?? [];
      assert.equal(tag, written);
      const isLatest = digest === undefined && (tag === undefined || tag === "latest");
      assert.equal(resolvesToLatest(text), isLatest, "both readers say the same");
      const host = registry === "docker.io" && !text.startsWith("docker.io/") ? "" : `${registry}/`;
      const parts = [
        host,
        repository,
        tag === undefined ? "" : `:${tag}`,
        digest === undefined ? "" : `@${digest}`,
      ];
      assert.equal(parts.join(""), text, "nothing is lost");
    }),
};

const spec: Target = {
  name: "spec of a policy",
  attempt: (choices) =>
    judging(mutateObject(ALL_CHECKS, choices), (given) => {
      try {
        const parsed = parseSpec(given);
        assert(isSpec(given), `it was taken for ${JSON.stringify(parsed)}`);
      } catch (error) {
        if (!(error instanceof InvalidSpecError)) throw error;
        assert(!isSpec(given), `it was refused: ${error.message}`);
        assert.match(
          error.message,
          /^spec(\.\w+)? [\x20-\x7e…]+\.$/,
          "one sentence that a terminal can show",
        );
      }
    }),
};

const COMMANDS = [
  ["reconcile", "-n", "shop", "--requeue-interval", "30s", "--metrics-addr", "127.0.0.1:9090"],
  ["reconcile", "--system-namespaces=team-infra,-monitoring", "--log-format", "json", "--log-level=debug"],
  ["check", "-o", "json", "--namespace", "shop", "--kubeconfig", "/tmp/config", "--context", "dev"],
  ["crd", "generate"],
  ["crd", "install", "--upgrade"],
  ["crd", "uninstall", "--yes"],
  ["demo", "--once", "--port", "0", "--pods", "20000", "--policies", "200"],
  ["help", "reconcile"],
  ["version"],
  ["--version"],
];
const FURTHER = [
  "--help",
  "-h",
  "-n",
  "--metrics-addr",
  "--",
  "help",
  "--namespace=",
  "-nshop",
  "crd",
  "demo",
];

const args: Target = {
  name: "arguments",
  cost: 10,
  attempt: (choices) => {
    const change = (text: string) => mutateText(text, choices);
    const given = mutateList(choices.of(COMMANDS), change, choices.of(FURTHER), choices);
    return judging(given, async (given) => {
      const { code, stdout, stderr } = await capturing(() => main(given, withoutActions(createProgram())));
      assert(code === 0 || code === 2, `it ends with ${code}: ${stderr}`);
      assert.doesNotMatch(stderr + stdout, /^\s+at .*:\d+:\d+|This is a bug/m);
      assert.equal(
        stderr.split("\n").findIndex((line) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line)),
        -1,
        JSON.stringify(stderr),
      );
      if (code === 2) assert.notEqual(stderr, "", "nobody is told what is wrong");
    });
  },
};

/** The same command line, whose commands do nothing. */
function withoutActions(command: Command): Command {
  if (command.commands.length === 0) command.action(() => {});
  for (const below of command.commands) withoutActions(below);
  return command;
}

/** All that reads words. */
export const WORDS: readonly Target[] = [image, spec, args];
