/** Pods: what their containers may say, and the ports that kubectl applies without a protocol. */

import assert from "node:assert/strict";
import { uniqueCauses } from "./object.ts";
import type { Row } from "./row.ts";
import { newTeam } from "./team.ts";

const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };

interface Cause {
  readonly field: string;
  readonly message: string;
}

export const POD_ROWS: readonly Row[] = [
  {
    name: "a pod is refused for a container name, a port or a policy that is none",
    async run(server) {
      const team = await newTeam(server);
      const refused = async (spec: object, ...containers: object[]) => {
        const answer = await team.post("pods", { ...POD, spec: { ...spec, containers } }, { code: 422 });
        return (uniqueCauses(answer) as Cause[]).map(({ field, message }) => `${field}: ${message}`);
      };
      const [name, ...rest] = await refused({}, { name: "Web_", image: "a" });
      assert.match(name!, /^spec\.containers\[0\]\.name: Invalid value: "Web_": a lowercase RFC 1123 label/);
      assert.deepEqual(rest, []);
      const ports = [{ containerPort: 99_999 }, { protocol: "TCP" }];
      assert.deepEqual(await refused({}, { name: "a", image: "a", ports, imagePullPolicy: "Sometimes" }), [
        "spec.containers[0].ports[0].containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive",
        "spec.containers[0].ports[1].containerPort: Required value",
        "spec.containers[0].imagePullPolicy: " +
        'Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"',
      ]);
      assert.deepEqual(await refused({ restartPolicy: "Sometimes" }, { name: "a", image: "a" }), [
        "spec.restartPolicy: " +
        'Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
      ]);
    },
  },
  {
    name: "a port without a protocol is the TCP port, whoever applies it",
    async run(server) {
      const team = await newTeam(server);
      const container = { name: "app", image: "app:1.0", ports: [{ containerPort: 80 }] };
      await team.pod("a", { spec: { containers: [container] } });
      const config = { ...POD, spec: { containers: [container] } };
      for (const manager of ["me", "you"]) {
        const { spec } = await team.patch(`pods/a?fieldManager=${manager}`, config, { type: "apply" });
        const [{ ports }] = (spec as { containers: [{ ports: unknown }] }).containers;
        assert.deepEqual(ports, [{ containerPort: 80, protocol: "TCP" }]);
      }
    },
  },
];
