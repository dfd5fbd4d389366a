/** Measures how long an operator keeps others waiting, as a liveness probe meets it: an upper bound of its event loop's lag. */

/** How often to ask; milliseconds. */
const EVERY_MS = 5;
const REQUEST = new TextEncoder().encode("GET /healthz HTTP/1.1\r\nHost: probe\r\n\r\n");
const END = "ok\n";

/**
 * Asks the operator at `address` for its health every 5 ms, on one connection, until `signal` aborts; how long each
 * answer took, in milliseconds. While an answer is late, those that would have been asked for meanwhile are late, too.
 *
 * @throws when the operator does not answer as an operator does
 */
export async function probe(
  address: { hostname: string; port: number },
  signal: AbortSignal,
): Promise<number[]> {
  using connection = await Deno.connect(address);
  connection.setNoDelay();
  const buffer = new Uint8Array(4096);
  const waits: number[] = [];
  let due = performance.now();
  while (!signal.aborted) {
    await connection.write(REQUEST);
    await answered(connection, buffer);
    const now = performance.now();
    for (; due <= now; due += EVERY_MS) waits.push(now - due);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  return waits;
}

async function answered(connection: Deno.Conn, buffer: Uint8Array): Promise<void> {
  let text = "";
  while (!text.endsWith(END)) {
    const length = await connection.read(buffer);
    if (length === null) throw new Error("The operator closed the connection of the probe.");
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
}
