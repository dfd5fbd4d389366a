/** The environment: only the variables that were asked for, that are set, and that we may see. */

import assert from "node:assert/strict";
import { readEnvironment, requireEnvironment } from "../../lib/cli/environment.ts";

const [SET, EMPTY, UNSET, HIDDEN] = [
  "KUBE_DEVOPS_SET",
  "KUBE_DEVOPS_EMPTY",
  "KUBE_DEVOPS_UNSET",
  "KUBE_DEVOPS_HIDDEN",
];

Deno.test("readEnvironment() takes an empty variable for one that is not set", () => {
  Deno.env.set(SET, "value");
  Deno.env.set(EMPTY, "");
  try {
    assert.deepEqual(readEnvironment([SET, EMPTY, UNSET]), { [SET]: "value" });
    assert.deepEqual(readEnvironment([]), {});
  } finally {
    Deno.env.delete(SET);
    Deno.env.delete(EMPTY);
  }
});

Deno.test({
  name: "readEnvironment() leaves out what its permissions do not let it see, and asks for nothing",
  permissions: { env: [SET] },
  fn() {
    Deno.env.set(SET, "value");
    try {
      assert.deepEqual(readEnvironment([HIDDEN, SET]), { [SET]: "value" });
    } finally {
      Deno.env.delete(SET);
    }
  },
});

Deno.test({
  name:
    "requireEnvironment() refuses to take for unset what its permissions do not let it see, and names all of it",
  permissions: { env: ["HOME", SET] },
  fn() {
    Deno.env.set(SET, "value");
    try {
      assert.deepEqual(requireEnvironment([SET]), { [SET]: "value" });
      assert.throws(() => requireEnvironment(["KUBECONFIG", SET, "HOME", "KUBERNETES_SERVICE_HOST"]), {
        name: "ExitError",
        exitCode: 2,
        message:
          "Not permitted to read the environment: kube-devops needs --allow-env=KUBECONFIG,KUBERNETES_SERVICE_HOST " +
          "to find the cluster, the proxy before it, and whom to trust.",
      });
    } finally {
      Deno.env.delete(SET);
    }
  },
});
