/** `kube-devops crd install`. */

import { type Clock, sleep } from "../api/clock.ts";
import { ApiError } from "../api/errors.ts";
import { type CrdClient, createCrdClient, type CustomResourceDefinition } from "../kube/crd_client.ts";
import { CRD_NAME, policyCrd } from "../policy/crd.ts";
import { differences, summarize } from "../policy/crd_diff.ts";
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

/** How long an API server may take to serve a new definition, or to let go of an old one; it takes a fraction of a second. */
const WAIT_MS = 30_000;
const POLL_MS = 100;

/** Installs the definition, or says what became of it. */
export async function crdInstall(
  { upgrade = false, ...flags }: CrdInstallOptions,
  clock: Clock = systemClock,
): Promise<void> {
  await withClusterAccess(flags, `install ${CRD_NAME}`, async ({ transport, credentials, warning }) => {
    if (warning !== undefined) tell(`warning: ${warning}`);
    const client = createCrdClient(transport, clock);
    const { signal } = new AbortController();
    const wait = { client, clock, signal };
    const where = `(${credentials.origin})`;
    const installed = await findOrCreate(wait);
    if (installed === undefined) {
      await served(wait);
      return print(`${CRD_NAME} created ${where}`);
    }
    const differing = differences(policyCrd(), installed);
    if (differing.length === 0) {
      await served(wait);
      return print(`${CRD_NAME} is already installed and current ${where}`);
    }
    if (!upgrade) {
      print(`${CRD_NAME} is already installed but differs in ${summarize(differing)} ${where}`);
      return tell("Run `kube-devops crd install --upgrade` to update it.");
    }
    const { spec } = policyCrd();
    const resourceVersion = installed.metadata?.resourceVersion ?? "";
    await client.update(CRD_NAME, { resourceVersion, spec }, signal);
    await served(wait);
    print(`${CRD_NAME} updated in ${summarize(differing)} ${where}`);
  });
}

/** What it takes to wait for an API server. */
interface Wait {
  readonly client: CrdClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The definition that is installed and stays, or undefined once ours is created. */
async function findOrCreate({ client, clock, signal }: Wait): Promise<CustomResourceDefinition | undefined> {
  const deadline = clock.monotonic() + WAIT_MS;
  do {
    const installed = await client.get(CRD_NAME, signal);
    if (installed !== undefined && installed.metadata?.deletionTimestamp === undefined) return installed;
    if (installed === undefined) {
      try {
        await client.create(policyCrd(), signal);
        return undefined;
      } catch (error) {
        // Somebody was quicker, or it was us and the answer got lost: either way, look again.
        if (!(error instanceof ApiError && error.reason === "AlreadyExists")) throw error;
      }
    }
    await sleep(clock, POLL_MS, signal);
  } while (clock.monotonic() < deadline);
  throw new ExitError(
    EXIT.cluster,
    `${CRD_NAME} is being deleted and was not gone within ${WAIT_MS / 1000} s: ` +
      `see what holds it with kubectl describe crd ${CRD_NAME}.`,
  );
}

/** Resolves once the definition is established and its policies can be read, by a `reconcile` that starts now, say. */
async function served({ client, clock, signal }: Wait): Promise<void> {
  const deadline = clock.monotonic() + WAIT_MS;
  do {
    const conditions = (await client.get(CRD_NAME, signal))?.status?.conditions ?? [];
    const refused = conditions.find(({ type, status }) => type === "NamesAccepted" && status === "False");
    if (refused !== undefined) {
      throw new ExitError(
        EXIT.cluster,
        `The cluster does not accept the names of ${CRD_NAME}: ${refused.message}.`,
      );
    }
    const established = conditions.some(({ type, status }) => type === "Established" && status === "True");
    if (established && await client.servesPolicies(signal)) return;
    await sleep(clock, POLL_MS, signal);
  } while (clock.monotonic() < deadline);
  throw new ExitError(
    EXIT.cluster,
    `${CRD_NAME} was not served within ${WAIT_MS / 1000} s: ` +
      `look at its conditions with kubectl describe crd ${CRD_NAME}.`,
  );
}
