/** The schemas that a check's field can have: a switch or a limit, both nullable as in the original. */

import * as Type from "typebox";
import type { TUnsafe } from "typebox";

/** A field that switches its check on with `true`. */
export function switchField(description: string): TUnsafe<boolean | null> {
  return Type.Unsafe<boolean | null>({ type: "boolean", nullable: true, description });
}

/** A field that switches its check on with a whole number from 0 up. */
export function limitField(
  { description, format }: { description: string; format: "int32" | "int64" },
): TUnsafe<number | null> {
  return Type.Unsafe<number | null>({
    type: "integer",
    format,
    nullable: true,
    minimum: 0,
    // What JavaScript counts exactly ends before int64 does; 285 million years of pending will do.
    maximum: format === "int32" ? 2_147_483_647 : Number.MAX_SAFE_INTEGER,
    description,
  });
}
