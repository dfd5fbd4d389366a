/** Finalizers: which step an object's metadata asks for, and patches that touch nothing but our own. */

import assert from "node:assert/strict";
import type { ObjectMeta } from "../../lib/api/object.ts";
import type { JsonPatchOperation } from "../../lib/api/ports.ts";
import { addFinalizer, finalizerStep, removeFinalizer } from "../../lib/runtime/finalizer.ts";

const OURS = "devops.stochastic.io/cleanup";
const DELETED = "2026-02-22T10:00:00Z";

for (
  const [finalizers, deletionTimestamp, step, why] of [
    [undefined, undefined, "add", "alive and held by nobody"],
    [[], undefined, "add", "alive with an empty list"],
    [["other/a"], undefined, "add", "alive and held by others"],
    [[OURS], undefined, "apply", "alive and held by us"],
    [["other/a", OURS, "other/b"], undefined, "apply", "alive and held by us among others"],
    [[OURS], DELETED, "cleanup", "deleted and held by us"],
    [["other/a", OURS], DELETED, "cleanup", "deleted and held by us behind others"],
    [undefined, DELETED, "released", "deleted and held by nobody"],
    [["other/a"], DELETED, "released", "deleted and held by others"],
    [[`${OURS}-2`], DELETED, "released", "deleted and held by one whose name begins like ours"],
  ] as const
) {
  Deno.test(`finalizerStep() is ${step} for an object that is ${why}`, () => {
    const metadata: ObjectMeta = {
      ...(finalizers !== undefined && { finalizers }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    };
    assert.equal(finalizerStep(metadata, OURS), step);
  });
}

/** The metadata after `operations`; throws as an API server refuses. Knows the paths of this room and no others. */
function patched(metadata: ObjectMeta, operations: readonly JsonPatchOperation[]): ObjectMeta {
  let { uid, finalizers } = metadata;
  const refuse = (operation: JsonPatchOperation): never => {
    throw new Error(`refused: ${JSON.stringify(operation)}`);
  };
  for (const operation of operations) {
    const { op, path } = operation;
    const place = /^\/metadata\/finalizers\/(\d+|-)$/.exec(path)?.[1];
    if (op === "test") {
      const present = path === "/metadata/uid"
        ? uid
        : path === "/metadata/finalizers"
        ? finalizers ?? null
        : path === "/metadata/deletionTimestamp"
        ? metadata.deletionTimestamp ?? null
        : place !== undefined
        ? finalizers?.[Number(place)]
        : refuse(operation);
      if (JSON.stringify(present) !== JSON.stringify(operation.value)) refuse(operation);
    } else if (op === "add" && path === "/metadata/finalizers") {
      finalizers = operation.value as string[];
    } else if (op === "add" && place === "-" && finalizers !== undefined) {
      finalizers = [...finalizers, operation.value as string];
    } else if (op === "remove" && place !== undefined && Number(place) < (finalizers?.length ?? 0)) {
      finalizers = finalizers!.toSpliced(Number(place), 1);
    } else refuse(operation);
  }
  return { ...metadata, ...(finalizers !== undefined && { finalizers }) };
}

const OBJECT: ObjectMeta = { name: "rules", uid: "uid-1" };

for (
  const [before, after] of [
    [undefined, [OURS]],
    [["other/a"], ["other/a", OURS]],
    [["other/a", "other/b"], ["other/a", "other/b", OURS]],
  ] as const
) {
  const metadata = before === undefined ? OBJECT : { ...OBJECT, finalizers: before };

  Deno.test(`addFinalizer() puts ours behind ${before?.join(", ") ?? "none"}`, () => {
    assert.deepEqual(patched(metadata, addFinalizer(metadata, OURS)).finalizers, after);
  });

  for (
    const [why, current] of [
      ["somebody added one", { ...metadata, finalizers: [...(before ?? []), "rival/x"] }],
      ["another object has taken its name", { ...metadata, uid: "uid-2" }],
    ] as const
  ) {
    Deno.test(`addFinalizer() behind ${before?.join(", ") ?? "none"} is refused when ${why}`, () => {
      assert.throws(() => patched(current, addFinalizer(metadata, OURS)), /refused: .*"op":"test"/);
    });
  }
}

Deno.test("addFinalizer() is refused when others have let go meanwhile", () => {
  const patch = addFinalizer({ ...OBJECT, finalizers: ["other/a"] }, OURS);
  assert.throws(() => patched(OBJECT, patch), /refused: .*"op":"test"/);
});

Deno.test("addFinalizer() takes an empty list for an absent one, which is how it is stored", () => {
  assert.deepEqual(patched(OBJECT, addFinalizer({ ...OBJECT, finalizers: [] }, OURS)).finalizers, [OURS]);
});

for (
  const [before, after] of [
    [[OURS], []],
    [["other/a", OURS], ["other/a"]],
    [[OURS, "other/b"], ["other/b"]],
    [["other/a", OURS, "other/b"], ["other/a", "other/b"]],
  ] as const
) {
  const metadata = { ...OBJECT, finalizers: before };

  Deno.test(`removeFinalizer() leaves [${after.join(", ")}] of [${before.join(", ")}]`, () => {
    assert.deepEqual(patched(metadata, removeFinalizer(metadata, OURS)).finalizers, after);
  });

  Deno.test(`removeFinalizer() from [${before.join(", ")}] is refused for another object of that name`, () => {
    assert.throws(
      () => patched({ ...metadata, uid: "uid-2" }, removeFinalizer(metadata, OURS)),
      /refused: .*"op":"test"/,
    );
  });

  Deno.test(`removeFinalizer() from [${before.join(", ")}] is refused when ours has moved`, () => {
    const current = { ...metadata, finalizers: ["rival/x", ...before] };
    assert.throws(() => patched(current, removeFinalizer(metadata, OURS)), /refused: .*"op":"test"/);
  });
}

Deno.test("removeFinalizer() tolerates finalizers that others added behind ours", () => {
  const patch = removeFinalizer({ ...OBJECT, finalizers: [OURS] }, OURS);
  assert.deepEqual(patched({ ...OBJECT, finalizers: [OURS, "rival/x"] }, patch).finalizers, ["rival/x"]);
});

for (const finalizers of [undefined, [], ["other/a"]]) {
  Deno.test(`removeFinalizer() takes nothing from ${JSON.stringify(finalizers) ?? "no list"}`, () => {
    const metadata = finalizers === undefined ? OBJECT : { ...OBJECT, finalizers };
    assert.throws(() => patched(metadata, removeFinalizer(metadata, OURS)), /refused/);
  });
}

Deno.test("addFinalizer() fails as a conflict on an object that is being deleted, instead of being refused as invalid", () => {
  const operations = addFinalizer(OBJECT, OURS);
  const deleted = { ...OBJECT, deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["other/a"] };
  assert.throws(() => patched(deleted, operations), /refused: .*deletionTimestamp/);
});
