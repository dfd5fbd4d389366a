/** Text files that somebody else renews: read once, and again when they have changed. */

/** One such file. */
export class ChangingFile {
  readonly path: string;
  #known: { readonly version: string; readonly text: string } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Its text as of now.
   *
   * @throws what the file system says
   */
  async read(): Promise<string> {
    const version = fileVersion(this.path);
    if (this.#known?.version !== version) this.#known = { version, text: await Deno.readTextFile(this.path) };
    return this.#known.text;
  }

  /** Reads it again the next time, even if it does not look changed. */
  forget(): void {
    this.#known = undefined;
  }
}

/** Changes whenever the file does; the kubelet swaps a link to a new folder, so the inode tells even within a second. */
function fileVersion(path: string): string {
  // It is asked for before each request: to wait for another thread would cost as much as the request.
  const { mtime, ino, size } = Deno.statSync(path);
  return `${mtime?.getTime()}/${ino}/${size}`;
}

/** Why a file cannot be read, without its path: whoever says this names it. */
export function fileProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "").replace(/[.\s]+$/, "");
}
