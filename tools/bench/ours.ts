/** The operator of this tree as it is released: the bundle that the binary holds, with the binary's permissions. */

import { bundle, launchBundle } from "../compile/bundle.ts";
import type { Contender } from "./contender.ts";

/** Makes the bundle and tells how it is run. */
export async function ours(): Promise<Contender> {
  await bundle();
  return operator("kube-devops", launchBundle());
}

/** The operator behind a program of ours, its health and metrics on a free port. */
export function operator(name: string, program: readonly string[]): Contender {
  return { name, command: [...program, "reconcile", "--metrics-addr", "127.0.0.1:0"] };
}
