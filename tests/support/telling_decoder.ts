/** A protobuf decoder that tells a test what it told. */

import { protobufDecoder } from "../../lib/kube/protobuf_decoder.ts";
import { FactsPool } from "../../lib/kube/facts_pool.ts";

const pool = new FactsPool();

/** A decoder, and how often it met pods that could not be read, and answers that were no protobuf. */
export function tellingDecoder() {
  const told = { unreadable: 0, malformed: 0 };
  const decoder = protobufDecoder({
    pool,
    onUnreadable: () => void told.unreadable++,
    onMalformed: () => void told.malformed++,
  });
  return { told, decoder };
}
