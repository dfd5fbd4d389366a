/** Times how an image reference is judged and taken apart. */

import { parseImageRef, resolvesToLatest } from "../../../lib/policy/image_ref.ts";

const IMAGES = [
  "nginx",
  "nginx:latest",
  "registry.example:5000/team-00012/checkout",
  "registry.example:5000/team-00012/checkout:2026.2.20",
  `ghcr.io/org/app@sha256:${"0f5e3c1a".repeat(8)}`,
];

for (const image of IMAGES) {
  const name = image.length > 60 ? `${image.slice(0, 30)}…` : image;
  Deno.bench(`resolvesToLatest: ${name}`, { group: "judged" }, () => void resolvesToLatest(image));
}

for (const image of IMAGES) {
  const name = image.length > 60 ? `${image.slice(0, 30)}…` : image;
  Deno.bench(`parseImageRef: ${name}`, { group: "taken apart" }, () => void parseImageRef(image));
}
