/** The demo's screen: notes that stay, and below them a block of lines that is drawn over itself. */

/** Where to draw. */
export interface Terminal {
  /** Writes `text` and ends the line. */
  print(text: string): void;
  /** Its size in characters as it is now: windows are resized. */
  size(): TerminalSize;
}

/** How large a terminal is. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const ERASE_BELOW = "\x1b[J";
const CLEAR = "\x1b[H\x1b[J";

/** Notes and a block at the end of what the terminal shows; disposing of it gives the terminal back as it was. */
export class Screen implements Disposable {
  readonly #terminal: Terminal;
  readonly #notes: string[] = [];
  #size: TerminalSize;
  /** How many lines the last drawing took: so far up the next one starts. */
  #height = 0;
  #isHidden = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#size = terminal.size();
  }

  /** Writes a note above the block. The terminal breaks it, so that what is copied from it is whole. */
  note(text: string): void {
    this.#notes.push(text);
    this.#terminal.print(this.#back() + text);
    this.#height = 0;
  }

  /** Draws `lines`, each cut to the width of the terminal by the caller, over the last drawing; the last that have room. */
  draw(lines: readonly string[]): void {
    const size = this.#terminal.size();
    const shown = lines.slice(-Math.max(1, size.rows - 1));
    const hide = this.#isHidden ? "" : HIDE_CURSOR;
    // Nobody knows how a terminal of another size has broken what was drawn: all is written anew.
    const start = isSame(size, this.#size)
      ? this.#back()
      : CLEAR + this.#notes.map((note) => `${note}\n`).join("");
    this.#terminal.print(hide + start + shown.join("\n"));
    this.#isHidden = true;
    this.#size = size;
    this.#height = shown.length;
  }

  #back(): string {
    return this.#height === 0 ? "" : `\x1b[${this.#height}A${ERASE_BELOW}`;
  }

  [Symbol.dispose](): void {
    if (this.#isHidden) this.#terminal.print(SHOW_CURSOR);
  }
}

function isSame(a: TerminalSize, b: TerminalSize): boolean {
  return a.columns === b.columns && a.rows === b.rows;
}
