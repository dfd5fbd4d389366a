/** Discovery: how kubectl finds out what there is. */

import assert from "node:assert/strict";
import { present } from "./object.ts";
import type { Row } from "./row.ts";
import type { ContractServer } from "./server.ts";
import { GROUP, read } from "./team.ts";

const AGGREGATED = { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" };
const GROUP_NAME = "devops.stochastic.io";
const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

interface Resource {
  readonly resource: string;
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly scope: string;
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly Pick<Resource, "verbs" | "responseKind">[];
}

interface Group {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[];
}

/** A resource as aggregated discovery describes it. */
async function discovered(server: ContractServer, path: string, group: string | undefined, resource: string) {
  const { kind, apiVersion, items } = await read(server, path, AGGREGATED);
  assert.deepEqual([kind, apiVersion], ["APIGroupDiscoveryList", "apidiscovery.k8s.io/v2"]);
  const found = (items as Group[]).find(({ metadata }) => metadata.name === group);
  const [version] = present(found).versions;
  assert.equal(version?.version, "v1");
  return present(version.resources.find((each) => each.resource === resource));
}

export const DISCOVERY: readonly Row[] = [
  {
    name: "aggregated discovery says the policies' kind, scope, verbs, short name, category and subresource",
    async run(server) {
      const { verbs, subresources, ...rest } = await discovered(
        server,
        "/apis",
        GROUP_NAME,
        "devopspolicies",
      );
      const responseKind = { group: GROUP_NAME, version: "v1", kind: "DevOpsPolicy" };
      assert.deepEqual(rest, {
        resource: "devopspolicies",
        responseKind,
        scope: "Namespaced",
        singularResource: "devopspolicy",
        shortNames: ["dop"],
        categories: ["devops"],
      });
      assert.deepEqual(verbs.toSorted(), VERBS);
      assert.deepEqual(
        subresources?.map((each) => ({ ...each, verbs: each.verbs.toSorted() })),
        [{ subresource: "status", responseKind, verbs: ["get", "patch", "update"] }],
      );
    },
  },
  {
    name: "aggregated discovery says the same of pods and namespaces",
    async run(server) {
      const pods = await discovered(server, "/api", undefined, "pods");
      assert.equal(pods.responseKind.kind, "Pod");
      assert.deepEqual([pods.scope, pods.singularResource, pods.shortNames], ["Namespaced", "pod", ["po"]]);
      assert.deepEqual(pods.categories, ["all"]);
      const namespaces = await discovered(server, "/api", undefined, "namespaces");
      assert.deepEqual([namespaces.scope, namespaces.shortNames], ["Cluster", ["ns"]]);
    },
  },
  {
    name: "aggregated discovery answers in the type it was asked for",
    async run(server) {
      const response = await server.request("GET", "/apis", undefined, AGGREGATED);
      await response.body?.cancel();
      assert.equal(response.headers.get("content-type"), AGGREGATED.accept);
    },
  },
  {
    name: "plain discovery lists the groups and the versions",
    async run(server) {
      const core = await read(server, "/api");
      assert.deepEqual([core.kind, core.versions], ["APIVersions", ["v1"]]);
      const groups = await read(server, "/apis");
      assert.equal(groups.kind, "APIGroupList");
      const version = { groupVersion: `${GROUP_NAME}/v1`, version: "v1" };
      const group = { name: GROUP_NAME, versions: [version], preferredVersion: version };
      assert.deepEqual(groups.groups.find(({ name }: { name: string }) => name === GROUP_NAME), group);
      assert.deepEqual(await read(server, `/apis/${GROUP_NAME}`), {
        kind: "APIGroup",
        apiVersion: "v1",
        ...group,
      });
    },
  },
  {
    name: "plain discovery lists the resources of a version",
    async run(server) {
      const { kind, groupVersion, resources } = await read(server, GROUP);
      assert.deepEqual([kind, groupVersion], ["APIResourceList", `${GROUP_NAME}/v1`]);
      const plain = resources.map(({ storageVersionHash: _, verbs, ...rest }: {
        storageVersionHash?: string;
        verbs: string[];
      }) => ({ ...rest, verbs: verbs.toSorted() }));
      assert.deepEqual(plain, [
        {
          name: "devopspolicies",
          singularName: "devopspolicy",
          namespaced: true,
          kind: "DevOpsPolicy",
          shortNames: ["dop"],
          categories: ["devops"],
          verbs: VERBS,
        },
        {
          name: "devopspolicies/status",
          singularName: "",
          namespaced: true,
          kind: "DevOpsPolicy",
          verbs: ["get", "patch", "update"],
        },
      ]);
      const core = await read(server, "/api/v1");
      const pods = core.resources.find(({ name }: { name: string }) => name === "pods");
      assert.deepEqual([pods.kind, pods.namespaced, pods.shortNames], ["Pod", true, ["po"]]);
    },
  },
  {
    name: "the version of the server is one that kubectl understands",
    async run(server) {
      const { major, minor, gitVersion } = await read(server, "/version");
      assert.equal(major, "1");
      assert.match(minor, /^\d+\+?$/);
      assert.match(gitVersion, new RegExp(`^v1\\.${parseInt(minor)}\\.\\d+`));
    },
  },
  {
    name: "the server says that it is alive and ready",
    async run(server) {
      for (const path of ["/livez", "/readyz", "/healthz"]) {
        const response = await server.request("GET", path);
        assert.deepEqual([response.status, await response.text()], [200, "ok"], path);
      }
    },
  },
];
