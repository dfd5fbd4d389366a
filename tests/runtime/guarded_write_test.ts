/** Guarded writes: computed again after each conflict, given up when the object is gone, never repeated blindly. */

import assert from "node:assert/strict";
import { ApiError, ConnectionError } from "../../lib/api/errors.ts";
import { writeGuarded } from "../../lib/runtime/guarded_write.ts";

function apiError(code: number, causes: string[] = []): ApiError {
  return new ApiError({ code, reason: "", message: `answered ${code}`, causes });
}

/** An object that a rival moves on `rivals` times, each time just before it would be written. */
function contested(rivals: number, conflict: () => ApiError = () => apiError(409)) {
  let version = 1;
  const writes: number[] = [];
  let rereads = 0;
  return {
    writes,
    rereads: () => rereads,
    reread: () => {
      rereads++;
      return Promise.resolve(version);
    },
    write: (computedFrom: number): Promise<number> => {
      writes.push(computedFrom);
      if (writes.length <= rivals) version++;
      return computedFrom === version ? Promise.resolve(++version) : Promise.reject(conflict());
    },
  };
}

Deno.test("writeGuarded() writes what it was given without reading it again, and answers with the result", async () => {
  const object = contested(0);
  assert.equal(await writeGuarded(1, object), 2);
  assert.deepEqual(object.writes, [1]);
  assert.equal(object.rereads(), 0);
});

for (
  const [what, conflict] of [["a 409", () => apiError(409)], [
    "a failed test (422)",
    () => apiError(422),
  ]] as const
) {
  Deno.test(`writeGuarded() reads and computes again after ${what}`, async () => {
    const object = contested(2, conflict);
    assert.equal(await writeGuarded(1, object), 4);
    assert.deepEqual(object.writes, [1, 2, 3]);
    assert.equal(object.rereads(), 2);
  });
}

Deno.test("writeGuarded() succeeds at the fifth try", async () => {
  const object = contested(4);
  assert.equal(await writeGuarded(1, object), 6);
  assert.equal(object.writes.length, 5);
});

Deno.test("writeGuarded() throws the last conflict after five, and reads no more", async () => {
  const object = contested(Infinity);
  await assert.rejects(writeGuarded(1, object), (error) => error instanceof ApiError && error.code === 409);
  assert.deepEqual(object.writes, [1, 2, 3, 4, 5]);
  assert.equal(object.rereads(), 4);
});

Deno.test("writeGuarded() tells of each conflict, the last one included, and of no other failure", async () => {
  const tellsOf = async (object: ReturnType<typeof contested>) => {
    let conflicts = 0;
    await writeGuarded(1, { ...object, onConflict: () => conflicts++ }).catch(() => {});
    return conflicts;
  };
  assert.equal(await tellsOf(contested(0)), 0);
  assert.equal(await tellsOf(contested(3)), 3);
  assert.equal(await tellsOf(contested(Infinity)), 5);
  assert.equal(await tellsOf({ ...contested(0), write: () => Promise.reject(apiError(403)) }), 0);
});

Deno.test("writeGuarded() answers with the object when there is nothing to write", async () => {
  const object = { ...contested(0), write: () => Promise.resolve(undefined) };
  assert.equal(await writeGuarded(7, object), 7);
});

Deno.test("writeGuarded() answers with what it read last when that leaves nothing to write", async () => {
  const tried: number[] = [];
  const answer = await writeGuarded(1, {
    reread: () => Promise.resolve(8),
    write: (object) => {
      tried.push(object);
      return object === 1 ? Promise.reject(apiError(409)) : Promise.resolve(undefined);
    },
  });
  assert.equal(answer, 8);
  assert.deepEqual(tried, [1, 8]);
});

Deno.test("writeGuarded() answers undefined when the object is gone as it writes", async () => {
  const object = { ...contested(0), write: () => Promise.reject(apiError(404)) };
  assert.equal(await writeGuarded(1, object), undefined);
  assert.equal(object.rereads(), 0);
});

Deno.test("writeGuarded() answers undefined, and writes no more, when the object is gone as it rereads", async () => {
  const object = { ...contested(Infinity), reread: () => Promise.reject(apiError(404)) };
  assert.equal(await writeGuarded(1, object), undefined);
  assert.deepEqual(object.writes, [1]);
});

for (
  const [what, error] of [
    ["a 403", apiError(403)],
    ["a 422 that names fields", apiError(422, ["spec: required"])],
    ["a 500, as for a status that is too large", apiError(500)],
    ["a broken connection", new ConnectionError("reset", "connection reset")],
    ["a bug", new TypeError("not a function")],
  ] as const
) {
  Deno.test(`writeGuarded() passes on ${what} and does not try again`, async () => {
    let writes = 0;
    const write = () => {
      writes++;
      return Promise.reject(error);
    };
    await assert.rejects(
      writeGuarded(1, { ...contested(0), write }),
      (thrown) => thrown === error,
    );
    assert.equal(writes, 1);
  });

  Deno.test(`writeGuarded() passes on ${what} from reading again`, async () => {
    const object = { ...contested(1), reread: () => Promise.reject(error) };
    await assert.rejects(writeGuarded(1, object), (thrown) => thrown === error);
    assert.deepEqual(object.writes, [1]);
  });
}
