/** The machine on which something was measured, in a line: figures mean nothing without it. */

/** Processor, memory, kernel and the runtime, and how busy the machine is at the moment. */
export async function machine(): Promise<string> {
  const [, model = "unknown processor"] =
    /^model name\s*: (.*)$/m.exec(await Deno.readTextFile("/proc/cpuinfo")) ?? [];
  const memory = Math.round(Deno.systemMemoryInfo().total / 1e9);
  return `${navigator.hardwareConcurrency} × ${model}, ${memory} GB, Linux ${Deno.osRelease()}, ` +
    `Deno ${Deno.version.deno}; load average ${Deno.loadavg()[0]!.toFixed(1)}`;
}
