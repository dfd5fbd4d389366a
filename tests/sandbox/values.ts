/** Objects as patches and sets of fields meet them. */

import fc from "fast-check";
import type { Json, JsonObject } from "../../lib/sandbox/json.ts";

/** The schema of a list whose items have a key. */
export const CONDITIONS = {
  type: "object",
  properties: {
    conditions: {
      type: "array",
      items: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
    },
  },
};
const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
/** Any object, of few and difficult names. */
export const anyObject = fc.dictionary(
  fc.constantFrom("a", "b", "__proto__", "constructor"),
  anyJson,
) as fc.Arbitrary<JsonObject>;
