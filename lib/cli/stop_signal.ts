/** Ctrl+C and SIGTERM as an `AbortSignal`. */

/** Aborts at the first request to stop; the second one ends the process, as it would without us. */
export function onStopSignal(): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const names: readonly Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  const close = () => names.forEach((name) => Deno.removeSignalListener(name, stop));
  const stop = () => {
    close();
    controller.abort();
  };
  names.forEach((name) => Deno.addSignalListener(name, stop));
  return { signal: controller.signal, close };
}
