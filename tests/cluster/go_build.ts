// Builds programs written in Go, each once, into the user's cache.

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";

/** A program of a Go module. */
export interface GoProgram {
  readonly name: string;
  /** The folder of its Go module, and the files there that decide what is built. */
  readonly module: string;
  readonly files: readonly string[];
  readonly package: string;
  readonly ldFlags: string;
  /** The part of the cache where it belongs. */
  readonly cache: string;
  /** What a build takes the first time, for the line that tells why it is quiet for so long. */
  readonly time: string;
  /** What to say when there is no Go. */
  readonly withoutGo: string;
}

/**
 * Builds a program unless it is there, and returns its path. Two builders at once do no harm: each builds in a folder
 * of its own and then renames.
 * @throws if Go is missing or the build fails.
 */
export async function buildGoProgram(program: GoProgram): Promise<string> {
  const folder = join(cacheDir(), "kube-devops", program.cache, await sourceHash(program));
  const path = join(folder, program.name);
  if (await isFile(path)) return path;
  await Deno.mkdir(folder, { recursive: true });
  const scratch = await Deno.makeTempDir({ dir: folder, prefix: "build-" });
  try {
    await goBuild(program, join(scratch, program.name));
    await Deno.rename(join(scratch, program.name), path);
    return path;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Whether there is a file at `path`. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

async function goBuild(program: GoProgram, output: string): Promise<void> {
  const { name, ldFlags, time } = program;
  const options = ["-mod=readonly", "-buildvcs=false", "-ldflags", ldFlags, "-o", output];
  const go = spawnGo(["build", ...options, program.package], program);
  console.error(`building ${name} (about ${time}, once) …`);
  const { success, stderr } = await go.output();
  if (!success) throw new Error(`Cannot build ${name}: ${new TextDecoder().decode(stderr).trim()}`);
}

function spawnGo(args: string[], { module, withoutGo }: GoProgram): Deno.ChildProcess {
  try {
    const env = { GOWORK: "off" };
    return new Deno.Command("go", { args, cwd: module, env, stdout: "piped", stderr: "piped" }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(withoutGo);
  }
}

/** Names what a program is built from, so that a changed source is built anew. */
async function sourceHash({ module, ldFlags, files }: GoProgram): Promise<string> {
  const hash = createHash("sha256").update(Deno.build.target).update(ldFlags);
  for (const file of files) hash.update(await Deno.readFile(join(module, file)));
  return hash.digest("hex").slice(0, 16);
}

function cacheDir(): string {
  const home = Deno.env.get("HOME") ?? dirname(Deno.execPath());
  return Deno.env.get("XDG_CACHE_HOME") || join(home, ".cache");
}
