const WAITING_EACH_MS = 15_000;

/**
 * What goes on, for whoever watches: one line on a terminal that is written over; elsewhere, where lines would pile up,
 * only now and then that a round waits for a quiet machine, because nothing else can last long without a word.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt = performance.now();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${text}`);
  }

  /** How far the run is, and how long the rest takes if it goes on like that. */
  rounds(done: number, all: number, text: string): void {
    const left =
      done === 0 ? '' : `, ${clock(((performance.now() - this.#startedAt) / done) * (all - done))} left`;
    this.show(`[${done + 1} of ${all}${left}] ${text}`);
  }

  /** A round waits until others have left the machine. */
  waiting(secondsLeft: number, text: string): void {
    const line = `waiting for a quiet machine, at most ${secondsLeft} s more: ${text}`;
    this.show(line);
    if (this.#stream.isTTY || performance.now() - this.#toldAt < WAITING_EACH_MS) return;
    this.#toldAt = performance.now();
    this.#stream.write(`${line}\n`);
  }

  clear(): void {
    this.show('');
  }
}

/** Minutes and seconds. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
