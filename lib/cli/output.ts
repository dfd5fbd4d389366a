/** What the program prints: results to stdout, everything else to stderr. */

const encoder = new TextEncoder();

/** Writes a result to stdout. A reader that has seen enough (`| head`) is no error. */
export function print(text: string): void {
  write(Deno.stdout, text);
}

/** Tells the person something that is not the result. */
export function tell(text: string): void {
  write(Deno.stderr, text);
}

/** Stderr as a stream that leaves stderr open when it is closed: there may be something to tell after the last log. */
export function stderrStream(): WritableStream<Uint8Array> {
  return new WritableStream({
    async write(bytes) {
      for (let written = 0; written < bytes.length;) {
        written += await Deno.stderr.write(bytes.subarray(written));
      }
    },
  });
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(`${text}\n`);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
