/** `kube-devops crd install`. */

import { type Clock, sleep } from "../api/clock.ts";
import { type CrdClient, createCrdClient, type CustomResourceDefinition } from "../kube/crd_client.ts";
import { CRD_NAME, policyCrd } from "../policy/crd.ts";
import { differences } from "../policy/crd_diff.ts";
import { withClusterAccess } from "./connect.ts";
import { EXIT, ExitError } from "./exit.ts";
import { print, tell } from "./output.ts";
import { systemClock } from "./system_clock.ts";

/** The flags of the command. */
export interface CrdInstallOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly upgrade?: boolean;
}

/** How long an API server may take to serve a new definition; it takes a fraction of a second. */
const ESTABLISHED_WITHIN_MS = 30_000;
const POLL_MS = 100;
/** How many differences are named; all of them would be a page. */
const SHOWN_DIFFERENCES = 3;

/** Installs the definition, or says what became of it. */
export async function crdInstall({ upgrade = false, ...flags }: CrdInstallOptions): Promise<void> {
  await withClusterAccess(flags, `install ${CRD_NAME}`, async ({ transport, credentials }) => {
    const client = createCrdClient(transport, systemClock);
    const { signal } = new AbortController();
    const installed = await client.get(CRD_NAME, signal);
    const where = `(${credentials.origin})`;
    if (installed === undefined) {
      await client.create(policyCrd(), signal);
      await established(client, systemClock, signal);
      return print(`${CRD_NAME} created ${where}`);
    }
    const differing = differences(policyCrd(), installed);
    if (differing.length === 0) return print(`${CRD_NAME} is already installed and current ${where}`);
    if (!upgrade) {
      print(`${CRD_NAME} is already installed but differs in ${summary(differing)} ${where}`);
      return tell("Run `kube-devops crd install --upgrade` to update it.");
    }
    const { spec } = policyCrd();
    await client.update(
      CRD_NAME,
      { resourceVersion: installed.metadata?.resourceVersion ?? "", spec },
      signal,
    );
    await established(client, systemClock, signal);
    print(`${CRD_NAME} updated in ${summary(differing)} ${where}`);
  });
}

async function established(client: CrdClient, clock: Clock, signal: AbortSignal): Promise<void> {
  const deadline = clock.monotonic() + ESTABLISHED_WITHIN_MS;
  while (clock.monotonic() < deadline) {
    const conditions = (await client.get(CRD_NAME, signal))?.status?.conditions ?? [];
    if (isTrue(conditions, "Established")) return;
    const refused = conditions.find(({ type, status }) => type === "NamesAccepted" && status === "False");
    if (refused !== undefined) {
      throw new ExitError(
        EXIT.cluster,
        `The cluster does not accept the names of ${CRD_NAME}: ${refused.message}.`,
      );
    }
    await sleep(clock, POLL_MS, signal);
  }
  throw new ExitError(
    EXIT.cluster,
    `${CRD_NAME} was not established within 30 s: look at its conditions with kubectl describe crd ${CRD_NAME}.`,
  );
}

type Conditions = NonNullable<NonNullable<CustomResourceDefinition["status"]>["conditions"]>;

function isTrue(conditions: Conditions, wanted: string): boolean {
  return conditions.some(({ type, status }) => type === wanted && status === "True");
}

function summary(paths: readonly string[]): string {
  const more = paths.length - SHOWN_DIFFERENCES;
  return paths.slice(0, SHOWN_DIFFERENCES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
