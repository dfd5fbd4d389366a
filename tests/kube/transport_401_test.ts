/** The transport after a 401: a rotated token gets one more try, and nothing gets two. */

import assert from "node:assert/strict";
import { json, refusal } from "../support/replies.ts";
import { get, testOnWires } from "./harness.ts";

const unauthorized = refusal(401, "Unauthorized");

testOnWires(
  "Transport tells the credentials of a 401 and repeats once with what they give now",
  (serving) =>
    serving([unauthorized, json({ ok: true })], async (served) => {
      const { credentials, server, transport, signal } = served;
      credentials.onRejected = () => credentials.token = "renewed";
      const url = `${transport.server}/x?y=1`;
      const request = { url, method: "PATCH", body: '{"a":"ä"}', headers: [["x-own", "1"]] } as const;
      const response = await transport.fetch(signal)(request);
      assert.deepEqual(await response.json(), { ok: true });
      assert.equal(credentials.rejections, 1);
      const [first, second] = server.requests;
      assert.equal(first?.headers.get("authorization"), "Bearer secret-token");
      assert.equal(second?.headers.get("authorization"), "Bearer renewed");
      for (const request of server.requests) {
        const { method, target, body } = request;
        assert.deepEqual({ method, target, body }, { method: "PATCH", target: "/x?y=1", body: '{"a":"ä"}' });
        assert.equal(request.headers.get("x-own"), "1");
        assert.equal(request.headers.get("user-agent"), "kube-devops/test");
      }
    }),
);

testOnWires(
  "Transport passes a second 401 through",
  (serving) =>
    serving([unauthorized, unauthorized], async (served) => {
      const response = await get(served);
      assert.equal(response.status, 401);
      assert.equal((await response.json()).reason, "Unauthorized");
      assert.equal(served.credentials.rejections, 1);
    }),
);

testOnWires(
  "Transport sends no header of the rejected credentials again",
  (serving) =>
    serving([unauthorized, json({})], async (served) => {
      served.credentials.onRejected = () => served.credentials.token = undefined;
      await (await get(served)).json();
      assert.equal(served.server.requests[1]?.headers.has("authorization"), false);
    }),
);

for (const code of [400, 403, 404, 429, 500]) {
  testOnWires(
    `Transport neither repeats a ${code} nor blames the credentials for it`,
    (serving) =>
      serving([refusal(code)], async (served) => {
        const response = await get(served);
        assert.equal(response.status, code);
        await response.body?.cancel();
        assert.equal(served.credentials.rejections, 0);
      }),
  );
}
