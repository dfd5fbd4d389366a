/** Builds the peer: the same operator in Go on controller-runtime, which the benchmarks measure side by side with ours. */

import { fileURLToPath } from "node:url";
import { buildGoProgram } from "../../tests/cluster/go_build.ts";

const MODULE = fileURLToPath(new URL("./peer/", import.meta.url));

/**
 * Builds the peer once, and returns the path of its executable.
 * @throws if Go is missing or the build fails
 */
export function buildPeer(): Promise<string> {
  return buildGoProgram({
    name: "peer",
    module: MODULE,
    package: ".",
    files: [...Deno.readDirSync(MODULE)].map(({ name }) => name).sort(),
    ldFlags: "-s -w",
    cache: "bench",
    time: "2 minutes",
    withoutGo: "Cannot build the peer: Go is not installed. Install Go 1.26 or later, or leave out --peer.",
  });
}
