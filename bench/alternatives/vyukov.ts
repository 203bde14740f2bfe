import { type Algorithm, LINE_WORDS, type NumberQueue, SEATS } from './queue.ts';

// Words.
const ENQUEUED = 0;
const DEQUEUED = LINE_WORDS;
const DESKS: number = 2 * LINE_WORDS;
const CELLS: number = DESKS + SEATS * LINE_WORDS;
/** A cell: its turn, and from the third word on its value. */
const CELL_WORDS = 4;

/**
 * The bounded queue of D. Vyukov (1024cores.net, 2010). A claim is a compare-and-swap on a cursor, so a thread that dies between it
 * and the store that ends it leaves a cell at which everybody waits, and nobody can tell whose it is.
 */
class Vyukov implements NumberQueue {
  protected readonly words: Int32Array;
  readonly #values: Float64Array;
  readonly #mask: number;

  constructor(memory: SharedArrayBuffer, capacity: number) {
    this.words = new Int32Array(memory);
    this.#values = new Float64Array(memory);
    this.#mask = capacity - 1;
  }

  reset(first: number): void {
    for (let i = 0; i <= this.#mask; i++) this.words[this.#cellOf(first + i)] = (first + i) | 0;
    this.words[ENQUEUED] = first;
    this.words[DEQUEUED] = first;
  }

  offer(value: number): boolean {
    const at = this.#claim(ENQUEUED, 0);
    if (at < 0) return false;
    const turn = this.words[at] as number; // Whose turn it is, nobody else changes now.
    this.#values[(at + 2) >> 1] = value;
    Atomics.store(this.words, at, (turn + 1) | 0);
    return true;
  }

  poll(): number | undefined {
    const at = this.#claim(DEQUEUED, 1);
    if (at < 0) return undefined;
    const turn = this.words[at] as number;
    const value = this.#values[(at + 2) >> 1];
    Atomics.store(this.words, at, (turn + this.#mask) | 0);
    return value;
  }

  /** The cell at a cursor, once its turn is `lead` ahead of the cursor; -1 when it is not. */
  #claim(cursor: number, lead: number): number {
    const { words } = this;
    let position = Atomics.load(words, cursor);
    for (;;) {
      const at = this.#cellOf(position);
      const ahead = (Atomics.load(words, at) - position - lead) | 0;
      if (ahead < 0) return -1;
      if (ahead > 0) {
        position = Atomics.load(words, cursor);
        continue;
      }
      this.announce(position);
      const seen = Atomics.compareExchange(words, cursor, position, (position + 1) | 0);
      if (seen === position) return at;
      position = seen;
    }
  }

  protected announce(_position: number): void {}

  #cellOf(position: number): number {
    return CELLS + (position & this.#mask) * CELL_WORDS;
  }
}

/**
 * With what a repair after a death would need in every call: the thread says on its desk which position it is about to claim.
 *
 * That still does not tell which of two threads that announced the same position won it: a repairer has to wait until every other one of
 * them has announced another position, or has died too, before it may fill the cell with a tombstone, which readers then have to
 * know. That part is not here; what is here is the least it costs those who live.
 */
class AnnouncingVyukov extends Vyukov {
  readonly #desk: number;

  constructor(memory: SharedArrayBuffer, capacity: number, seat: number) {
    super(memory, capacity);
    this.#desk = DESKS + seat * LINE_WORDS;
  }

  protected override announce(position: number): void {
    Atomics.store(this.words, this.#desk, position);
  }
}

function create(capacity: number, first = 0): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((CELLS + capacity * CELL_WORDS) * 4);
  new Vyukov(memory, capacity).reset(first);
  return memory;
}

export const vyukov: Algorithm = {
  name: 'vyukov',
  about: "Vyukov's bounded queue, 2010: blocked for ever by a death",
  create,
  open: (memory, capacity) => new Vyukov(memory, capacity),
};

export const announcingVyukov: Algorithm = {
  name: 'vyukov-announced',
  about: 'the same, with an announced claim for a repair',
  create,
  open: (memory, capacity, seat) => new AnnouncingVyukov(memory, capacity, seat),
};
