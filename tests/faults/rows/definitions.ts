/** The definition of policies goes and comes back: on an API server of its own, since it goes for all namespaces. */

import assert from "node:assert/strict";
import { CRD_NAME } from "../../../lib/policy/crd.ts";
import { eventually } from "../../cluster/eventually.ts";
import { installCrd } from "../../cluster/policies.ts";
import type { Row } from "../row.ts";

const DEFINITION = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CRD_NAME}`;

export const DEFINITIONS: readonly Row[] = [
  {
    name: "a definition that is deleted takes the policies along, and created again finds its operator",
    run: async (world) => {
      // Others have to let go of theirs; ours is for the operator to take off.
      world.disown("lenient");
      world.disown("strict");
      await world.changePolicy("lenient", { metadata: { finalizers: ["devops.stochastic.io/cleanup"] } });
      await world.request("DELETE", DEFINITION);
      const isGone = async () => {
        const { status, body } = await world.cluster.request("GET", DEFINITION);
        await body?.cancel();
        return status === 404;
      };
      await eventually(isGone, { within: 60_000, what: "the definition is gone" });
      const since = world.proxy.requests.length;
      for (const watch of world.proxy.watches()) watch.reset();
      const isTold = () =>
        world.operator.log.some(({ level, problem }) =>
          level === "WARN" && /is not installed\. Run `kube-devops crd install`/.test(`${problem}`)
        );
      await eventually(isTold, { what: "a warning that says what to do" });

      await installCrd(world.cluster);
      await world.createPolicy("strict", { forbidLatestTag: true });
      await world.createPolicy("later", { requireLivenessProbe: true });
      await world.isTrue(60_000);
      assert.equal(world.proxy.log({ kind: "list", resource: "pods" }, since).length, 0);
      await world.change();
    },
  },
];
