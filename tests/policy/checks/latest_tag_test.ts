/** The check latest_tag: every container counts, whatever its kind, by what its image resolves to. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../../lib/policy/evaluate.ts";
import { parseImageRef } from "../../../lib/policy/image_ref.ts";
import { podBuilders } from "../../support/arbitraries.ts";
import { CREATED, pod } from "../../support/pod_builder.ts";

const SPEC = { forbidLatestTag: true };
const DIGEST = `sha256:${"ab".repeat(32)}`;

for (
  const [image, violations] of [
    ["app", 1],
    ["app:latest", 1],
    ["host:5000/app", 1],
    ["host:5000/app:latest", 1],
    ["app:1.0", 0],
    ["host:5000/app:1.0", 0],
    [`app@${DIGEST}`, 0],
    [`app:latest@${DIGEST}`, 0],
    ["app:Latest", 0],
    ["app:latest-1", 0],
  ] as const
) {
  for (const kind of ["container", "init", "sidecar"] as const) {
    Deno.test(`latest_tag finds ${violations} in a ${kind} of ${image}`, () => {
      const result = evaluate([pod("web")[kind]("app", { image }).facts()], SPEC, CREATED);
      assert.equal(result.byCheck.latest_tag, violations);
      assert.equal(result.penalty, 5 * violations);
      assert.deepEqual(
        result.findings,
        violations === 0 ? [] : [
          { pod: "web", container: "app", check: "latest_tag", detail: `image ${image} resolves to latest` },
        ],
      );
    });
  }
}

Deno.test("latest_tag does not look at ephemeral containers", () => {
  const result = evaluate([pod("web").ephemeral("debug", { image: "busybox" }).facts()], SPEC, CREATED);
  assert.deepEqual([result.pods, result.violations], [1, 0]);
});

Deno.test("latest_tag counts each container of a pod, of one image or not", () => {
  const web = pod("web").init("a", { image: "x" }).container("b", { image: "x" }).container("c").sidecar(
    "d",
    {
      image: "y:latest",
    },
  );
  assert.equal(evaluate([web.facts()], SPEC, CREATED).violations, 3);
});

Deno.test("latest_tag looks at jobs as well as services", () => {
  for (const policy of ["Always", "OnFailure", "Never"]) {
    const job = pod("job").restartPolicy(policy).container("run", { image: "job" });
    assert.equal(evaluate([job.facts()], SPEC, CREATED).violations, 1, policy);
  }
});

Deno.test("latest_tag keeps an image with control characters off the screen", () => {
  const [finding] =
    evaluate([pod("web").container("app", { image: "\u001b[2J\napp" }).facts()], SPEC, CREATED).findings;
  assert.equal(finding?.detail, "image \\u{1b}[2J\\u{a}app resolves to latest");
});

Deno.test("latest_tag finds as many as there are containers without a digest and with no tag or `latest`", () => {
  fc.assert(fc.property(podBuilders, (built) => {
    const facts = { ...built.facts(), phase: "Running", deleting: false };
    const unpinned = facts.containers.map(({ image }) => parseImageRef(image))
      .filter(({ tag = "latest", digest }) => tag === "latest" && digest === undefined);
    const result = evaluate([facts], SPEC, CREATED);
    assert.equal(result.byCheck.latest_tag, unpinned.length);
    assert.equal(result.violations, unpinned.length);
    assert.equal(result.penalty, 5 * unpinned.length);
  }));
});
