/** A process that replays recorded pods in any number as if it were their API server; told what to do over HTTP, too. */

import { systemClock } from "../../../lib/cli/system_clock.ts";
import { createCertificateAuthority } from "../../../lib/sandbox/certificates.ts";
import { listen } from "../../../lib/sandbox/server.ts";
import { namespaceName, type Size } from "../plan.ts";
import { OpenWatches } from "./open_watches.ts";
import { podWatch } from "./pod_watch.ts";
import { ReplayedPods } from "./pods.ts";
import { refused, ReplayedPolicies } from "./policies.ts";
import { record, recordedFaults, recordingSize } from "./recording.ts";
import { Referee } from "./referee.ts";
import { Stamps } from "./stamps.ts";
import { storm } from "./storm.ts";
import { Versions } from "./versions.ts";

/** What the process prints, in a line, when it serves. */
export interface Serving {
  readonly url: string;
  readonly caPem: string;
}

/** All that one run of an operator meets. */
interface Stage {
  readonly versions: Versions;
  readonly pods: ReplayedPods;
  readonly policies: ReplayedPolicies;
  readonly referee: Referee;
  readonly open: OpenWatches;
  /** Requests by verb and resource. */
  readonly requests: Map<string, number>;
}

const POLICIES = "/apis/devops.stochastic.io/v1";

if (import.meta.main) {
  // A Ctrl+C is for whoever started us, too, and who ends us in good order.
  Deno.addSignalListener("SIGINT", () => {});
  const gone = new AbortController();
  const end = endOfInput().then(() => gone.abort());
  try {
    await serve(JSON.parse(Deno.args[0]!) as Size, gone.signal);
    await end;
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
  Deno.exit(0);
}

/** Records, then serves, and says so. */
async function serve(size: Size, signal: AbortSignal): Promise<void> {
  const stamps = (await record(recordingSize(size), signal)).map((tape) => new Stamps(tape));
  const authority = createCertificateAuthority();
  const { certPem, keyPem } = authority.issueServer();
  let stage = newStage(size);
  const handler = async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/bench/reset") stage = newStage(size);
    return pathname.startsWith("/bench/")
      ? await command(pathname, searchParams, stage)
      : await answer(request, stage, stamps);
  };
  const { url } = await listen(handler, 0, { cert: certPem, key: keyPem, ca: authority.certPem });
  console.log(JSON.stringify({ url, caPem: authority.certPem } satisfies Serving));
}

function newStage(size: Size): Stage {
  const versions = new Versions();
  const pods = new ReplayedPods(size, recordedFaults(recordingSize(size)), versions);
  const policies = new ReplayedPolicies(size, versions);
  const namespaces = Array.from({ length: size.namespaces }, (_, i) => namespaceName(i));
  return {
    versions,
    pods,
    policies,
    referee: new Referee(pods, policies, namespaces),
    open: new OpenWatches(),
    requests: new Map(),
  };
}

/** Answers who measures. */
async function command(path: string, query: URLSearchParams, stage: Stage): Promise<Response> {
  const number = (name: string) => Number(query.get(name));
  switch (path) {
    case "/bench/reset":
      break;
    case "/bench/truth":
      await stage.referee.truth(number("withinMs"));
      break;
    case "/bench/relist":
      // Nobody who was here before can go on from there.
      stage.versions.next();
      await stage.open.end();
      break;
    case "/bench/storm":
      stage.referee.forgetWrites();
      await storm(stage.pods, {
        perSecond: number("perSecond"),
        seconds: number("seconds"),
        clock: systemClock,
      });
      break;
    default:
      return refused(404, "NotFound", path);
  }
  return Response.json({ ...stage.referee.verdict, requests: Object.fromEntries(stage.requests) });
}

/** Answers the operator, as an API server would. */
async function answer(request: Request, stage: Stage, stamps: readonly Stamps[]): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const isWatch = ["1", "true"].includes(searchParams.get("watch") ?? "");
  const count = (what: string) => stage.requests.set(what, (stage.requests.get(what) ?? 0) + 1);
  if (pathname === "/api/v1/pods" || pathname === `${POLICIES}/devopspolicies`) {
    const what = pathname.endsWith("pods") ? "pods" : "policies";
    count(`${isWatch ? "watch" : "list"} ${what}`);
    if (!isWatch) return refused(501, "NotImplemented", "the replay serves watches only");
    const initial = searchParams.get("sendInitialEvents") === "true";
    if (!initial && searchParams.get("resourceVersion") !== stage.versions.current) {
      return refused(410, "Expired", "the replay remembers nothing");
    }
    if (what === "policies") return stream(stage.policies.watch(initial), "application/json");
    const accepted = request.headers.get("accept") ?? "";
    const chosen = stamps.find(({ mediaType }) => accepted.includes(mediaType)) ?? stamps.at(-1)!;
    return stream(podWatch(stage.pods, { ...stage, stamps: chosen, initial }), chosen.mediaType);
  }
  const [, namespace = "", status] =
    /^\/apis\/devops\.stochastic\.io\/v1\/namespaces\/([^/]+)\/devopspolicies\/[^/]+(\/status)?$/.exec(
      pathname,
    ) ?? [];
  count(`${request.method.toLowerCase()} policies${status ?? ""}`);
  if (request.method === "GET" && status === undefined) {
    const policy = stage.policies.get(namespace);
    return policy === undefined ? refused(404, "NotFound", namespace) : Response.json(policy);
  }
  if (request.method !== "PATCH") return refused(501, "NotImplemented", `${request.method} ${pathname}`);
  const body = await request.json();
  return status === undefined
    ? stage.policies.patch(namespace, body)
    : stage.policies.patchStatus(namespace, body);
}

function stream(bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>, type: string): Response {
  return new Response(ReadableStream.from(bytes), { headers: { "content-type": type } });
}

/** Resolves when nobody holds our standard input any more: then whoever started us is gone. */
async function endOfInput(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
}
