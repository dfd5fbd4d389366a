/** Image references: their parts, and the one question that matters every time: would a kubelet pull `latest`? */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type ImageRef, parseImageRef, resolvesToLatest } from "../../lib/policy/image_ref.ts";
import { images } from "../support/arbitraries.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** An image's parts, and whether it resolves to latest. */
type Row = Partial<ImageRef> & { repository: string; latest: boolean };

const ROWS: Record<string, Row> = {
  "app": { repository: "app", latest: true },
  "team/app": { repository: "team/app", latest: true },
  "app:latest": { repository: "app", tag: "latest", latest: true },
  "app:1.27": { repository: "app", tag: "1.27", latest: false },
  "app:Latest": { repository: "app", tag: "Latest", latest: false },
  "app:LATEST": { repository: "app", tag: "LATEST", latest: false },
  "app:latest-1": { repository: "app", tag: "latest-1", latest: false },
  "app:not-latest": { repository: "app", tag: "not-latest", latest: false },
  "latest": { repository: "latest", latest: true },
  "latest:1.0": { repository: "latest", tag: "1.0", latest: false },
  "latest/app:1.0": { repository: "latest/app", tag: "1.0", latest: false },
  "host:5000/app": { registry: "host:5000", repository: "app", latest: true },
  "host:5000/team/app": { registry: "host:5000", repository: "team/app", latest: true },
  "host:5000/app:latest": { registry: "host:5000", repository: "app", tag: "latest", latest: true },
  "host:5000/app:2": { registry: "host:5000", repository: "app", tag: "2", latest: false },
  "localhost/app": { registry: "localhost", repository: "app", latest: true },
  "gcr.io/team/app:v1": { registry: "gcr.io", repository: "team/app", tag: "v1", latest: false },
  "[::1]:5000/app": { registry: "[::1]:5000", repository: "app", latest: true },
  [`app@${DIGEST}`]: { repository: "app", digest: DIGEST, latest: false },
  [`app:latest@${DIGEST}`]: { repository: "app", tag: "latest", digest: DIGEST, latest: false },
  [`app:1.0@${DIGEST}`]: { repository: "app", tag: "1.0", digest: DIGEST, latest: false },
  [`host:5000/app@${DIGEST}`]: { registry: "host:5000", repository: "app", digest: DIGEST, latest: false },
  "": { repository: "", latest: true },
  "app:": { repository: "app", tag: "", latest: false },
  ":latest": { repository: "", tag: "latest", latest: true },
  "app@a@b:c/d": { repository: "app", digest: "a@b:c/d", latest: false },
  "app@": { repository: "app", digest: "", latest: false },
};

for (const [image, { latest, ...parts }] of Object.entries(ROWS)) {
  const answer = latest ? "resolves to latest" : "is pinned or tagged";
  Deno.test(`"${image}" ${answer}`, () => {
    assert.equal(resolvesToLatest(image), latest);
  });
  Deno.test(`parseImageRef() takes "${image}" apart`, () => {
    assert.deepEqual(parseImageRef(image), {
      registry: "docker.io",
      tag: undefined,
      digest: undefined,
      ...parts,
    });
  });
}

Deno.test("parseImageRef() gives back the parts that a reference was made of", () => {
  const parts = fc.record({
    registry: fc.constantFrom("localhost", "gcr.io", "host:5000", "10.0.0.1:443"),
    repository: fc.array(fc.stringMatching(/^[a-z0-9]+([._-][a-z0-9]+)*$/), { minLength: 1, maxLength: 3 })
      .map((components) => components.join("/")),
    tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/), { nil: undefined }),
    digest: fc.option(fc.constant(DIGEST), { nil: undefined }),
  });
  fc.assert(fc.property(parts, ({ registry, repository, tag, digest }) => {
    const image = `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${
      digest ? `@${digest}` : ""
    }`;
    assert.deepEqual(parseImageRef(image), { registry, repository, tag, digest });
  }));
});

Deno.test("parseImageRef() and resolvesToLatest() agree on every text", () => {
  fc.assert(
    fc.property(images, (image) => {
      const { tag, digest } = parseImageRef(image);
      assert.equal(resolvesToLatest(image), (tag === "latest" || tag === undefined) && digest === undefined);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("parseImageRef() is total and loses nothing of what it is given", () => {
  fc.assert(fc.property(images, (image) => {
    const { registry, repository, tag, digest } = parseImageRef(image);
    const rest = `${repository}${tag === undefined ? "" : `:${tag}`}${
      digest === undefined ? "" : `@${digest}`
    }`;
    assert.ok(image === rest || image === `${registry}/${rest}`);
  }));
});

Deno.test("parseImageRef() takes a first component with an upper-case letter for a registry: no repository has one", () => {
  assert.deepEqual(parseImageRef("MYHOST/app:1"), {
    registry: "MYHOST",
    repository: "app",
    tag: "1",
    digest: undefined,
  });
});
