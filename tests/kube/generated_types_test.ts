/** Fails to compile when the policy's own types and those generated from the API server's description drift apart. */

import type { components } from "../../lib/kube/generated/api.ts";
import type { PolicySpec } from "../../lib/policy/spec.ts";
import type { PolicyStatus } from "../../lib/policy/status_schema.ts";

type Generated = components["schemas"]["io.stochastic.devops.v1.DevOpsPolicy"];

/** Whether no use of them could tell the two apart: the compiler compares deferred conditional types by identity. */
type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** The type written out, all the way down, so that it compares by what it holds and not by how it was made. */
type Flat<T> = T extends readonly (infer Item)[] ? Flat<Item>[]
  : T extends object ? { [Key in keyof T]: Flat<T[Key]> }
  : T;

/** Whether both have the same fields, equally optional, and in each the same type, null included. */
type Equal<A, B> = Identical<Flat<A>, Flat<B>>;

// The server may clear a status, so the generated one can be null as a whole; what it holds is the same.
true satisfies Equal<PolicySpec, Generated["spec"]>;
true satisfies Equal<PolicyStatus, NonNullable<Generated["status"]>>;
true satisfies Equal<Generated["status"], NonNullable<Generated["status"]> | null | undefined>;

// The comparison itself tells apart all that matters, and nothing else.
true satisfies Equal<
  { a?: number | null; b: { c: string }[] },
  { b: { c: string }[] } & { a?: number | null }
>;
false satisfies Equal<{ a: number }, { a: string }>;
false satisfies Equal<{ a: number }, { a: number; b: number }>;
false satisfies Equal<{ a: number }, { a: number; b?: number }>;
false satisfies Equal<{ a?: number }, { a: number }>;
false satisfies Equal<{ a?: number }, { a: number | undefined }>;
false satisfies Equal<{ a?: number }, { a?: number | null }>;
false satisfies Equal<{ a: "x" | "y" }, { a: string }>;
false satisfies Equal<{ a: { b: number }[] }, { a: { b: string }[] }>;
false satisfies Equal<{ a: number }, { a: unknown }>;
