/** The policy client: what each write says on the wire, and what comes of each answer. */

import assert from "node:assert/strict";
import { LeaseLostError } from "../../lib/api/errors.ts";
import type { Fence, JsonPatchOperation } from "../../lib/api/ports.ts";
import { createPolicyClient } from "../../lib/kube/policy_client.ts";
import { InstantClock } from "../support/instant_clock.ts";
import type { Reply } from "../support/loopback_server.ts";
import { cutAfter, hangUp, json, loginPage, redirect, refusal, text } from "../support/replies.ts";
import { connectionError, type Served, serving } from "./harness.ts";

const REF = { namespace: "team-a", name: "policy" };
const PATH = "/apis/devops.stochastic.io/v1/namespaces/team-a/devopspolicies/policy";
const metadata = { namespace: "team-a", name: "policy", resourceVersion: "8", uid: "u-1" };
const policy = { kind: "DevOpsPolicy", metadata, spec: { forbidLatestTag: true }, status: { healthy: true } };
const sent = json(policy);

interface Used extends Served {
  readonly clock: InstantClock;
  readonly client: ReturnType<typeof createPolicyClient>;
}

function using(script: readonly Reply[], test: (used: Used) => Promise<void>): Promise<void> {
  return serving(script, (served) => {
    const clock = new InstantClock();
    return test({ ...served, clock, client: createPolicyClient(served.transport, clock) });
  });
}

const calls = {
  get: ({ client, signal }: Used) => client.get(REF, signal),
  patch: ({ client, signal }: Used) => client.patch(REF, [{ op: "remove", path: "/x" }], signal),
  patchStatus: ({ client, signal }: Used) =>
    client.patchStatus(REF, { resourceVersion: "7", status: { healthy: true } }, signal),
};

Deno.test("get() reads the policy", () =>
  using([sent], async (used) => {
    const expected = { ...REF, resourceVersion: "8", metadata, spec: policy.spec, status: policy.status };
    assert.deepEqual(await calls.get(used), expected);
    const { method, target, body } = used.server.requests[0]!;
    assert.deepEqual({ method, target, body }, { method: "GET", target: PATH, body: "" });
  }));

Deno.test("patch() sends the operations as a JSON patch, in their order and under our name", () => {
  const operations: JsonPatchOperation[] = [
    { op: "test", path: "/metadata/uid", value: "u-1" },
    { op: "test", path: "/metadata/finalizers", value: null },
    { op: "add", path: "/metadata/finalizers", value: ["devops.stochastic.io/cleanup"] },
    { op: "remove", path: "/metadata/finalizers/0" },
  ];
  return using([sent], async ({ client, server, signal }) => {
    assert.equal((await client.patch(REF, operations, signal)).resourceVersion, "8");
    const { method, target, headers, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["PATCH", `${PATH}?fieldManager=kube-devops-operator`]);
    assert.equal(headers.get("content-type"), "application/json-patch+json");
    assert.deepEqual(JSON.parse(body), operations);
  });
});

Deno.test("patchStatus() sends the status as a merge patch that is bound to its version", () => {
  const status = { healthScore: 90, message: null, conditions: [{ type: "Ready" }] };
  return using([sent], async ({ client, server, signal }) => {
    assert.equal(
      (await client.patchStatus(REF, { resourceVersion: "7", status }, signal)).resourceVersion,
      "8",
    );
    const { method, target, headers, body } = server.requests[0]!;
    assert.deepEqual([method, target], ["PATCH", `${PATH}/status?fieldManager=kube-devops-operator`]);
    assert.equal(headers.get("content-type"), "application/merge-patch+json");
    assert.deepEqual(JSON.parse(body), { metadata: { resourceVersion: "7" }, status });
  });
});

for (const [name, call] of Object.entries(calls)) {
  for (
    const [code, reason, details] of [
      [403, "Forbidden", undefined],
      [404, "NotFound", undefined],
      [409, "Conflict", undefined],
      [422, "Invalid", { causes: [{ message: "must be ≥ 0" }] }],
      [422, "Invalid", {}],
    ] as const
  ) {
    Deno.test(`${name}() throws a ${code} with${details ? ` ${JSON.stringify(details)}` : "out details"} as it is`, () =>
      using([refusal(code, reason, { details })], async (used) => {
        const causes = (details as { causes?: { message: string }[] })?.causes?.map(({ message }) =>
          message
        ) ?? [];
        await assert.rejects(call(used), { name: "ApiError", code, reason, causes });
        assert.deepEqual(used.clock.waits, []);
      }));
  }

  for (
    const [what, reply] of [
      ["a 503", refusal(503, "ServiceUnavailable")],
      ["a 429", refusal(429, "TooManyRequests")],
      ["a 500 without a Status", text("oops", { status: 500 })],
      ["no answer", hangUp],
      ["half an answer", cutAfter(10, policy)],
      ["a login page", loginPage],
    ] as const
  ) {
    Deno.test(`${name}() tries again after ${what}, with the same request`, () =>
      using([reply, sent], async (used) => {
        assert.equal((await call(used)).resourceVersion, "8");
        assert.equal(used.clock.waits.length, 1);
        const [first, second] = used.server.requests.map((
          { method, target, body },
        ) => [method, target, body]);
        assert.deepEqual(first, second);
      }));
  }

  Deno.test(`${name}() waits for as long as a 429 asks`, () =>
    using([refusal(429, "", { headers: { "retry-after": "9" } }), sent], async (used) => {
      await call(used);
      assert.deepEqual(used.clock.waits, [9_000]);
    }));

  Deno.test(`${name}() gives up after four tries`, () =>
    using(Array(4).fill(refusal(503, "ServiceUnavailable")), async (used) => {
      await assert.rejects(call(used), { name: "ApiError", code: 503 });
      assert.equal(used.clock.waits.length, 3);
    }));

  Deno.test(`${name}() says what a login page in front of the API server looks like from here`, () =>
    using(Array(4).fill(loginPage), async (used) => {
      const words = /127\.0\.0\.1:\d+ is not an API server's: is a proxy or a login page in front of it\?$/;
      await assert.rejects(call(used), (error: Error) => {
        assert.equal(error.name, "ConnectionError");
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /doctype|\n/);
        return true;
      });
    }));

  Deno.test(`${name}() refuses an answer without a body`, () =>
    using(Array(4).fill(text("", { status: 200 })), async (used) => {
      await assert.rejects(call(used), /is not an API server's/);
    }));

  for (
    const [what, value] of [["a list", []], ["a Status", { kind: "Status", status: "Success" }]] as const
  ) {
    Deno.test(`${name}() refuses ${what} where a policy should be`, () =>
      using([json(value)], async (used) => {
        await assert.rejects(call(used), connectionError("other", /127\.0\.0\.1:\d+ is not a policy\.$/));
      }));
  }

  Deno.test(`${name}() does not follow a redirect`, () =>
    using([redirect("/elsewhere")], async (used) => {
      await assert.rejects(call(used), connectionError("redirect", /redirect/));
    }));
}

Deno.test("Names that are no path segments cannot leave their collection", () =>
  using([sent], async ({ client, server, signal }) => {
    await client.get({ namespace: "a/../b", name: "x?y#z" }, signal);
    const target = "/apis/devops.stochastic.io/v1/namespaces/a%2F..%2Fb/devopspolicies/x%3Fy%23z";
    assert.equal(server.requests[0]?.target, target);
  }));

Deno.test("A call ends when it is told to stop while it waits, and is not tried again", () =>
  using([refusal(503)], async ({ transport, controller, signal }) => {
    const after = () => {
      queueMicrotask(() => controller.abort());
      return () => {};
    };
    const clock = { now: () => 0, monotonic: () => 0, after };
    await assert.rejects(createPolicyClient(transport, clock).get(REF, signal), { code: 503 });
  }));

/** A fence that holds for so many attempts. */
function fenceFor(attempts: number): Fence {
  const assertFresh = () => {
    if (attempts-- <= 0) throw new LeaseLostError("another leads");
  };
  return { assertFresh };
}

for (const write of ["patch", "patchStatus"] as const) {
  Deno.test(`${write}() asks its fence before each attempt, and sends nothing when that does not hold`, () =>
    using([refusal(503), refusal(503)], async (used) => {
      const client = createPolicyClient(used.transport, used.clock, { fence: fenceFor(2) });
      await assert.rejects(calls[write]({ ...used, client }), { name: "LeaseLostError" });
      assert.equal(used.clock.waits.length, 2);
    }));

  Deno.test(`${write}() asks its fence again for a second try with a new token`, () =>
    using([refusal(401)], async (used) => {
      const client = createPolicyClient(used.transport, used.clock, { fence: fenceFor(1) });
      await assert.rejects(calls[write]({ ...used, client }), { name: "LeaseLostError" });
    }));

  Deno.test(`${write}() asks its fence after its credentials, which may take their time`, () =>
    using([], async (used) => {
      const access = Promise.withResolvers<void>();
      const current = used.credentials.access();
      used.credentials.access = () => access.promise.then(() => current);
      const fence = fenceFor(Infinity);
      const client = createPolicyClient(used.transport, used.clock, {
        fence: { assertFresh: () => fence.assertFresh() },
      });
      const writing = calls[write]({ ...used, client });
      fence.assertFresh = fenceFor(0).assertFresh;
      access.resolve();
      await assert.rejects(writing, { name: "LeaseLostError" });
    }));
}

Deno.test("get() asks no fence: reading harms nobody", () =>
  using([sent], async (used) => {
    const client = createPolicyClient(used.transport, used.clock, { fence: fenceFor(0) });
    assert.equal((await calls.get({ ...used, client })).resourceVersion, "8");
  }));
