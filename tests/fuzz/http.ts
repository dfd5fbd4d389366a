/** Fuzzes the HTTP that watches are read from: heads of answers, and how their bodies are framed. */

import assert from "node:assert/strict";
import { type Framing, FramingError, framingOf } from "../../lib/kube/http_framing.ts";
import { headEnd, readAnswerHead } from "../../lib/kube/http_head.ts";
import { cutAt } from "../support/bodies.ts";
import { mutateBytes } from "./mutate.ts";
import { judging, type Target } from "./target.ts";

const CORPUS: readonly Uint8Array[] = [
  "HTTP/1.1 200 OK\r\nAudit-Id: 7\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
  "10\r\n0123456789abcdef\r\n3;note=x\r\nabc\r\n0\r\nTrailer: x\r\n\r\n",
  'HTTP/1.1 410 Gone\r\nContent-Length: 15\r\nWarning: 299 - "old"\r\n\r\n{"kind":"Status"}',
  "HTTP/1.0 200 OK\nContent-Type: text/plain\n\nuntil the end",
  "HTTP/1.1 204 No Content\r\n\r\n",
].map((text) => new TextEncoder().encode(text));

/** What is read of an answer. */
interface Answer {
  readonly head: unknown;
  readonly body: string;
  /** How it ends; undefined for an answer that goes on. */
  readonly end: string | undefined;
}

function readAnswer(pieces: readonly Uint8Array[]): Answer {
  let [head, body, bytes]: [unknown, number[], Uint8Array] = [undefined, [], new Uint8Array()];
  let framing: Framing | undefined;
  const told = (end: string | undefined) => ({
    head,
    body: new TextDecoder().decode(Uint8Array.from(body)),
    end,
  });
  try {
    for (const piece of pieces) {
      bytes = Uint8Array.from([...bytes, ...piece]);
      if (head === undefined) {
        const end = headEnd(bytes);
        if (end === undefined) continue;
        const { status, statusText, headers } = readAnswerHead(bytes.subarray(0, end));
        head = [status, statusText, ...headers];
        framing = framingOf("GET", { status, headers });
        bytes = bytes.slice(end);
      }
      if (framing === undefined) return told("no body");
      if (!framing.isOver() && bytes.length > 0) body.push(...bytes.subarray(0, framing.strip(bytes)));
      bytes = new Uint8Array();
      if (framing.isOver()) return told("over");
    }
    return told(undefined);
  } catch (error) {
    assert(error instanceof FramingError, `it is told as ${error}`);
    return told(error.message);
  }
}

/** The answers of servers, whole and in pieces. */
export const ANSWERS: Target = {
  name: "answers over HTTP",
  attempt: (choices) => {
    const bytes = mutateBytes(choices.of(CORPUS), CORPUS, choices);
    const cuts = Array.from({ length: choices.below(8) }, () => choices.below(bytes.length + 1));
    return judging(bytes, (bytes) => assert.deepEqual(readAnswer(cutAt(bytes, cuts)), readAnswer([bytes])));
  },
};
