/** What Linux tells of a process: its memory and its processor time. */

/** Memory of a process in bytes. */
export interface Memory {
  /** The most that was ever resident. */
  readonly peak: number;
  readonly resident: number;
}

/** Linux counts processor time in these, on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** The memory that `/proc/<pid>/status` tells of. @throws {SyntaxError} when it tells of none */
export function parseMemory(status: string): Memory {
  const read = (field: string) => {
    const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status) ?? [];
    if (kilobytes === undefined) {
      throw new SyntaxError(`/proc/<pid>/status has no ${field}: the process has ended`);
    }
    return Number(kilobytes) * 1024;
  };
  return { peak: read("VmHWM"), resident: read("VmRSS") };
}

/** The seconds of processor time, in the program and in the system for it, that `/proc/<pid>/stat` tells of. */
export function parseProcessorSeconds(stat: string): number {
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The memory of a running process. */
export async function memoryOf(pid: number): Promise<Memory> {
  return parseMemory(await Deno.readTextFile(`/proc/${pid}/status`));
}

/** The processor time that a running process has taken, in seconds. */
export async function processorSecondsOf(pid: number): Promise<number> {
  return parseProcessorSeconds(await Deno.readTextFile(`/proc/${pid}/stat`));
}
