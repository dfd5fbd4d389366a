/** Discovery: which groups, versions and resources there are, one by one or all in one document. */

import { EVENTS_VIEW } from "./events_view.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Registry } from "./registry.ts";
import { type ResourceType, verbsOf } from "./resource_type.ts";
import { REVIEWS } from "./reviews.ts";

const STATUS_VERBS = ["get", "patch", "update"];

/** A resource as discovery tells of it. */
interface Entry
  extends Pick<ResourceType, "group" | "version" | "kind" | "plural" | "singular" | "isNamespaced"> {
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly hasStatus: boolean;
}

function entriesOf(registry: Registry): readonly Entry[] {
  return [
    ...registry.all().map(({ type }) => ({ ...type, verbs: verbsOf(type) })),
    EVENTS_VIEW,
    ...REVIEWS.map((review) => ({
      ...review,
      singular: review.kind.toLowerCase(),
      isNamespaced: false,
      hasStatus: false,
      shortNames: [],
      categories: [],
      verbs: ["create"],
    })),
  ];
}

/** The document at a path of discovery; undefined when there is none. */
export function discoveryDocument(path: string, registry: Registry): JsonObject | undefined {
  const entries = entriesOf(registry);
  const groups = [...new Set(entries.map(({ group }) => group))].filter((group) => group !== "");
  const [root, group, version] = path.split("/").slice(1);
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
  if (path === "/apis") {
    return {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.map((name) => describeGroup(name, entries)),
    };
  }
  if (root === "api" && group === "v1" && version === undefined) return resourceList("", "v1", entries);
  if (root !== "apis" || group === undefined || !groups.includes(group)) return undefined;
  if (version === undefined) return { kind: "APIGroup", apiVersion: "v1", ...describeGroup(group, entries) };
  return versionsOf(group, entries).includes(version) ? resourceList(group, version, entries) : undefined;
}

function versionsOf(group: string, entries: readonly Entry[]): readonly string[] {
  return [...new Set(entries.filter((entry) => entry.group === group).map(({ version }) => version))];
}

function describeGroup(name: string, entries: readonly Entry[]): JsonObject {
  const versions = versionsOf(name, entries).map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0]! };
}

function resourceList(group: string, version: string, entries: readonly Entry[]): JsonObject {
  const resources = entries.filter((entry) => entry.group === group && entry.version === version)
    .flatMap((entry): Json[] => {
      const { plural, singular, isNamespaced, kind, verbs, shortNames, categories, hasStatus } = entry;
      const status = {
        name: `${plural}/status`,
        singularName: "",
        namespaced: isNamespaced,
        kind,
        verbs: STATUS_VERBS,
      };
      return [
        {
          name: plural,
          singularName: singular,
          namespaced: isNamespaced,
          kind,
          verbs,
          ...(shortNames.length > 0 && { shortNames }),
          ...(categories.length > 0 && { categories }),
        },
        ...(hasStatus ? [status] : []),
      ];
    });
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { kind: "APIResourceList", ...(group && { apiVersion: "v1" }), groupVersion, resources };
}

/** All groups below `/api` or `/apis` in one document, as newer clients ask for. */
export function aggregatedDiscovery(path: string, registry: Registry): JsonObject {
  const entries = entriesOf(registry).filter(({ group }) => (group === "") === (path === "/api"));
  const groups = [...new Set(entries.map(({ group }) => group))];
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map((group) => ({
      metadata: group === "" ? {} : { name: group },
      versions: versionsOf(group, entries).map((version) => ({
        version,
        resources: entries.filter((entry) => entry.group === group && entry.version === version).map(
          describeResource,
        ),
        freshness: "Current",
      })),
    })),
  };
}

function describeResource(entry: Entry): JsonObject {
  const { plural, singular, isNamespaced, kind, verbs, shortNames, categories, hasStatus } = entry;
  const responseKind = { group: entry.group, version: entry.version, kind };
  return {
    resource: plural,
    responseKind,
    scope: isNamespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(hasStatus && { subresources: [{ subresource: "status", responseKind, verbs: STATUS_VERBS }] }),
  };
}
