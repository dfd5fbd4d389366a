/** OpenAPI: what kubectl explains fields with, and learns from what it may ask a server for. */

import assert from "node:assert/strict";
import { present } from "./object.ts";
import type { Row } from "./row.ts";
import { read } from "./team.ts";

const GROUP_NAME = "devops.stochastic.io";

type GroupVersionKind = Readonly<Record<"group" | "version" | "kind", string>>;

interface Patch {
  readonly parameters: readonly { readonly name: string }[];
  readonly "x-kubernetes-group-version-kind": GroupVersionKind;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
}

function isPolicy({ group, version, kind }: GroupVersionKind): boolean {
  return group === GROUP_NAME && version === "v1" && kind === "DevOpsPolicy";
}

export const OPENAPI: readonly Row[] = [
  {
    name: "OpenAPI describes the policies' fields, for kubectl explain",
    async run(server) {
      const { paths } = await read(server, "/openapi/v3");
      const at = paths[`apis/${GROUP_NAME}/v1`].serverRelativeURL;
      assert.ok(at.startsWith(`/openapi/v3/apis/${GROUP_NAME}/v1`), at);
      const { components } = await read(server, at);
      const schema = Object.values<Schema>(components.schemas).find((each) =>
        each["x-kubernetes-group-version-kind"]?.some(isPolicy)
      );
      const { properties } = present(schema);
      const { maxRestartCount } = present(properties?.["spec"]?.properties);
      assert.deepEqual(maxRestartCount, {
        type: "integer",
        format: "int32",
        nullable: true,
        minimum: 0,
        maximum: 2147483647,
        description:
          "Flag each container (init containers included) with more restarts than this; at the number " +
          "is fine.",
      });
    },
  },
  {
    name: "OpenAPI says that a patch takes dryRun and fieldValidation, or kubectl would not ask for them",
    async run(server) {
      const { paths } = await read(server, "/openapi/v3");
      const isNamespace = ({ group, version, kind }: GroupVersionKind) =>
        group === "" && version === "v1" && kind === "Namespace";
      for (const [at, isIt] of [[`apis/${GROUP_NAME}/v1`, isPolicy], ["api/v1", isNamespace]] as const) {
        const document = await read(server, paths[at].serverRelativeURL);
        const patches = Object.values<{ patch?: Patch }>(document.paths).flatMap(({ patch }) => patch ?? []);
        const ours = patches.filter((patch) => isIt(patch["x-kubernetes-group-version-kind"]));
        assert.ok(ours.length > 0, at);
        for (const { parameters } of ours) {
          const named = parameters.map(({ name }) => name);
          assert.ok(named.includes("dryRun") && named.includes("fieldValidation"), `${at}: ${named}`);
        }
      }
    },
  },
];
