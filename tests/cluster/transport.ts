// The product's own transport to a test cluster, as its admin.

import { Transport } from "../../lib/kube/transport.ts";
import type { ControlPlane } from "./control_plane.ts";

/** Connections to `cluster`; whoever asks for them closes them. */
export function transportTo(cluster: ControlPlane): Transport {
  const access = {
    headers: { authorization: `Bearer ${cluster.adminToken}` },
    tls: { ca: cluster.caPem, client: undefined },
  };
  return new Transport({
    credentials: {
      server: cluster.url,
      origin: "the test",
      renews: false,
      trustsSystem: false,
      access: () => Promise.resolve(access),
      rejected() {},
    },
    userAgent: "kube-devops/test",
  });
}
