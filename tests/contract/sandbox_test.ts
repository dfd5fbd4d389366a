/** The contract on the sandbox, whose every difference from a real server is a mistake of the sandbox. */

import { startSandboxServer } from "./sandbox.ts";
import { registerContract } from "./suite.ts";

registerContract({ name: "sandbox", start: startSandboxServer });
