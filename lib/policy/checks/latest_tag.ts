/** The check that every image is pinned: nothing may resolve to `latest`. */

import { escapeText } from "../../api/text.ts";
import { resolvesToLatest } from "../image_ref.ts";
import { perContainer } from "./check.ts";
import { switchField } from "./settings.ts";

/** Longer images are cut, so that what is wrong with them is still said. */
const MAX_IMAGE_LENGTH = 200;

export const latestTag = perContainer({
  id: "latest_tag",
  field: "forbidLatestTag",
  schema: switchField(
    "Flag each container (init containers and sidecars included) whose image resolves to the tag latest: " +
      "the tag latest itself, or no tag and no digest. A digest pins an image whatever its tag.",
  ),
  violation: "container (init and sidecar included) whose image resolves to `latest`",
  weight: "5",
  remediation: "Pin the image to a version tag or a digest.",
  withoutPolicy: true,
  violates: ({ image }) => resolvesToLatest(image),
  penalty: () => 5,
  detail: ({ image }) => `image ${escapeText(image, MAX_IMAGE_LENGTH)} resolves to latest`,
});
