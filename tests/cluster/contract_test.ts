// The contract of tests/contract on a real kube-apiserver, of which every row is true by definition.

import { canCompact, startRealServer } from "../contract/real.ts";
import { registerContract } from "../contract/suite.ts";

registerContract({
  name: "kube-apiserver",
  start: startRealServer,
  lacks: canCompact ? {} : { compaction: "the address of etcd can only be found out on Linux" },
});
