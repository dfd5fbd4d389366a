/** The transport and refusals: handed on as answers, without the token that they may quote. */

import assert from "node:assert/strict";
import { protobuf, refusal, text } from "../support/replies.ts";
import { connectionError, get, testOnWires } from "./harness.ts";
import { readerOf } from "../support/wire.ts";

for (
  const [what, answer] of [["JSON", refusal(500, "token=secret-token")], [
    "text",
    text("secret-token?", { status: 502 }),
  ]] as const
) {
  testOnWires(
    `Transport hands on a refusal in ${what} without the token that it quotes`,
    (serving) =>
      serving([answer], async (served) => {
        const said = await (await get(served)).text();
        assert.match(said, /(token=)?\*{12}\??/);
        assert.doesNotMatch(said, /secret-token/);
      }),
  );
}

testOnWires(
  "Transport leaves all other bytes of a refusal as they are, also those that are no text",
  (serving) => {
    const bytes = Uint8Array.of(0xff, 0x73, 0x80, ...new TextEncoder().encode("ssecret-token"), 0x00, 0xc3);
    const stars = Uint8Array.of(
      0xff,
      0x73,
      0x80,
      ...new TextEncoder().encode(`s${"*".repeat(12)}`),
      0x00,
      0xc3,
    );
    return serving([protobuf(bytes, { status: 403 })], async (served) => {
      const { body } = await get(served);
      assert.deepEqual((await readerOf(body!).read()).value, stars);
    });
  },
);

testOnWires(
  "Transport gives up on a refusal that does not end",
  (serving) =>
    serving([(wire) => wire.write("HTTP/1.1 500 Odd\r\ncontent-length: 9\r\n\r\nabc")], async (served) => {
      await assert.rejects(get(served), connectionError("timeout", /no answer within 0\.3 s\.$/));
    }, { headersTimeoutMs: 300 }),
);

testOnWires(
  "Transport hands refusals on as answers, for the caller to read",
  (serving) =>
    serving([refusal(503, "ServiceUnavailable")], async (served) => {
      const response = await get(served);
      assert.equal(response.status, 503);
      assert.equal((await response.json()).reason, "ServiceUnavailable");
    }),
);
