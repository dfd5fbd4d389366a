/** The demo's screen: a block of lines that is drawn over itself, and gives the terminal back as it was. */

/** Where to draw. */
export interface Terminal {
  /** Writes `text` and ends the line. */
  print(text: string): void;
  columns(): number;
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const ERASE_BELOW = "\x1b[J";

/** A block of lines at the end of what the terminal shows. */
export class Screen implements Disposable {
  readonly #terminal: Terminal;
  /** How many lines the last drawing took: so far up the next one starts. */
  #height = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Draws `lines`, each cut to the width of the terminal by the caller, over the last drawing. */
  draw(lines: readonly string[]): void {
    const start = this.#height === 0 ? HIDE_CURSOR : `\x1b[${this.#height}A${ERASE_BELOW}`;
    this.#terminal.print(start + lines.join("\n"));
    this.#height = lines.length;
  }

  [Symbol.dispose](): void {
    if (this.#height > 0) this.#terminal.print(SHOW_CURSOR);
  }
}
