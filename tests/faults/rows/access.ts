/** Who may do what, and whom the operator trusts: rights, tokens and certificates that change under way. */

import assert from "node:assert/strict";
import { parse } from "yaml";
import { eventually } from "../../cluster/eventually.ts";
import { createServiceAccountToken } from "../../cluster/fixtures.ts";
import { conditionOf } from "../../support/oracle.ts";
import { certificate } from "../../support/certificates/mod.ts";
import { type Identity, newIdentity } from "../connections.ts";
import * as faults from "../faults.ts";
import { FaultProxy } from "../proxy.ts";
import type { Row } from "../row.ts";
import type { World } from "../world.ts";

/** What the operator needs, and not a right more. */
const { rules: RULES } = parse(
  await Deno.readTextFile(new URL("../../../deploy/base/clusterrole.yaml", import.meta.url)),
) as { rules: readonly { resources: readonly string[] }[] };
const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces";

/** Gives the service account `operator` these rights in the world's namespace. */
async function allow({ namespace, request }: World, rules: readonly unknown[]): Promise<void> {
  const path = `${RBAC}/${namespace}/roles/operator?fieldManager=test&force=true`;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name: "operator" };
  await request("PATCH", path, { apiVersion, kind: "Role", metadata, rules }, APPLY);
  await request("PATCH", path.replace("roles", "rolebindings"), {
    apiVersion,
    kind: "RoleBinding",
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "operator" },
    subjects: [{ kind: "ServiceAccount", name: "operator", namespace }],
  }, APPLY);
}

const APPLY = { "content-type": "application/apply-patch+yaml" };

/** Starts an operator that has only the rights that it needs, its token in a file; brings the file's name. */
async function startWithToken(world: World): Promise<string> {
  await allow(world, RULES);
  const tokenFile = `${world.caFile}.token`;
  await Deno.writeTextFile(
    tokenFile,
    await createServiceAccountToken(world.cluster, world.namespace, "operator"),
  );
  await world.start({ tokenFile });
  return tokenFile;
}

/** Replaces a file in one step, as whoever rotates it does: nobody ever reads half of it. */
async function renew(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${file}.new`, text);
  await Deno.rename(`${file}.new`, file);
}

/** Certificates that nobody should accept, and what is said of them. */
const BAD: Readonly<Record<string, readonly [() => Identity, RegExp]>> = {
  "of an authority that is not trusted": [
    () => ({ ...newIdentity(), caPem: newIdentity().caPem }),
    /signed by an unknown authority/,
  ],
  "for another name": [() => fromFiles("other-name"), /is for another name/],
  "that has expired": [() => fromFiles("expired"), /has expired/],
};

function fromFiles(name: "other-name" | "expired"): Identity {
  const { cert: certPem, key: keyPem } = certificate(name);
  return { certPem, keyPem, caPem: certificate("ca").cert };
}

export const ACCESS: readonly Row[] = [
  {
    name: "rights that are taken away make a status unknown, never 100, and given back make it true again",
    isLate: true,
    run: async (world) => {
      // Each policy says that it is unknown, and then that it is not.
      world.allowWrites(3);
      await startWithToken(world);
      const before = world.scores("strict");
      const since = world.proxy.requests.length;
      await allow(world, RULES.filter(({ resources }) => !resources.includes("pods")));
      await eventually(async () => {
        for (const watch of world.proxy.watches("pods")) watch.reset();
        return (await world.policies()).every(({ status = {} }) =>
          conditionOf(status, "Ready") === "Unknown/PodsUnavailable"
        );
      }, { within: 60_000, what: "no status claims to be known" });
      assert.deepEqual([...world.scores("strict", since)], [...before], "the score is the last one known");
      await allow(world, RULES);
      await world.isTrue(60_000);
      await world.change();
    },
  },
  {
    name: "a token that is rotated is taken from its file, and the old one is let go",
    isLate: true,
    run: async (world) => {
      const file = await startWithToken(world);
      const old = `Bearer ${await Deno.readTextFile(file)}`;
      // A token says to the second when it was issued, and would else be the same.
      await world.pass(1_100);
      await renew(file, await createServiceAccountToken(world.cluster, world.namespace, "operator"));
      const isOld = world.proxy.trap(
        { where: ({ headers }) => headers.get("authorization") === old },
        faults.refuse({ code: 401, reason: "Unauthorized" }),
      );
      world.proxy.reset();
      await world.change();
      await world.isTrue(30_000);
      assert(isOld.hits <= 2, `the old token was sent ${isOld.hits} times`);
    },
  },
  {
    name: "an authority that is rotated five times leaves no connection behind",
    run: async (world) => {
      for (let i = 0; i < 5; i++) {
        const identity = newIdentity();
        await renew(world.caFile, identity.caPem);
        world.proxy.present(identity);
        await world.setRestarts("web", 5 + i);
        await world.isTrue(30_000);
        await eventually(() => world.proxy.open <= 6, {
          what: `no more than 6 connections are left after ${i + 1} rotations`,
        });
      }
    },
  },
  {
    name:
      "a server that suddenly shows a stranger's certificate is told nothing until it shows a trusted one",
    run: async (world) => {
      const identity = newIdentity();
      const { accepted } = world.proxy;
      world.proxy.present(identity);
      await world.change();
      await eventually(() => world.proxy.accepted >= accepted + 4, { within: 40_000, what: "four tries" });
      await world.pass(1_000);
      // What came on older connections was said before.
      const told = world.proxy.log({ where: ({ connection }) => connection >= accepted });
      assert.deepEqual(told.map(({ path }) => path), []);
      await renew(world.caFile, identity.caPem);
      await world.isTrue(60_000);
    },
  },
  ...Object.entries(BAD).map(([what, [identity, said]]): Row => ({
    name: `a certificate ${what} ends the program with 3, and no token is sent`,
    isLate: true,
    endsOperator: true,
    run: async (world) => {
      world.proxy.present(identity());
      await world.launch();
      const { code, stderr } = await world.operator.finished;
      assert.equal(code, 3, stderr);
      const told = stderr.split("\n").filter((line) => line.startsWith("error: "));
      assert.equal(told.length, 1, stderr);
      assert.match(told[0]!, said);
      assert.equal(world.proxy.requests.length, 0);
    },
  })),
  {
    name: "a redirect is not followed, and the token goes nowhere",
    run: async (world) => {
      // Trusted as the API server is: whoever followed would be let in.
      await using elsewhere = await FaultProxy.start({ upstream: NOBODY, identity: world.proxy.identity });
      for (const code of [301, 307]) {
        const redirected = world.proxy.inject({}, faults.redirect(`${elsewhere.url}/`, code));
        world.proxy.reset();
        await eventually(() => redirected.hits >= 4, { within: 40_000, what: "four redirects" });
        redirected.stop();
      }
      await world.change();
      await world.isTrue(60_000);
      assert.equal(elsewhere.accepted, 0);
    },
  },
  {
    name: "a login page in place of the API server is no answer",
    run: async (world) => {
      world.allowWrites(8);
      const page = world.proxy.inject({}, faults.html);
      world.proxy.reset();
      await world.change();
      await eventually(() => page.hits >= 4, { within: 40_000, what: "four pages" });
      page.stop();
      await world.isTrue(90_000);
    },
  },
];

const NOBODY = { send: () => Promise.reject(new Error("nobody should ask")), close() {} };
