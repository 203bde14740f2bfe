import { OptionError } from '../../ring/index.ts';

/**
 * Timers by the thousand in one thread: a hierarchical timing wheel (Varghese & Lauck, SOSP 1987) over ids 0 … capacity − 1.
 *
 * Four wheels of 64 slots; a slot of a wheel spans all of the wheel below it. A timer lies in the lowest wheel whose round
 * reaches it, and is dealt out to lower ones as its time comes near; what lies beyond the highest is dealt out again at
 * every round of that. Scheduling and cancelling take constant time. Private to its thread, which calls `advance`: the wheel
 * itself never waits.
 */
const SLOT_BITS = 6;
const SLOTS: number = 1 << SLOT_BITS;
const LEVELS = 4;
const NONE = -1;

export class TimingWheel {
  /** The time of each id, in ticks. */
  readonly #times: Float64Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** The slot each id lies in, or NONE. */
  readonly #slots: Int32Array;
  readonly #first: Int32Array = new Int32Array(LEVELS * SLOTS).fill(NONE);
  readonly #tickMs: number;
  /** Everything before this tick has been called. */
  #tick: number;
  #size = 0;

  constructor(capacity: number, nowMs: number, tickMs = 1) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new OptionError(
        'capacity',
        `A timing wheel holds a whole number of timers from 1, got ${capacity}.`,
      );
    this.#times = new Float64Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#slots = new Int32Array(capacity).fill(NONE);
    this.#tickMs = tickMs;
    this.#tick = Math.floor(nowMs / tickMs);
  }

  /** Timers that wait. */
  get size(): number {
    return this.#size;
  }

  /** Sets the timer of an id, or sets it anew. A time that has been advanced over is due one tick later. */
  schedule(id: number, atMs: number): void {
    this.cancel(id);
    this.#times[id] = Math.max(this.#tick, Math.ceil(atMs / this.#tickMs));
    this.#link(id);
    this.#size++;
  }

  /** Whether the id had a timer. */
  cancel(id: number): boolean {
    if (this.#slots[id] === NONE) return false;
    this.#unlink(id);
    this.#size--;
    return true;
  }

  #link(id: number): void {
    const slot = this.#slotOf(this.#times[id] as number);
    const first = this.#first[slot] as number;
    this.#next[id] = first;
    this.#previous[id] = NONE;
    if (first !== NONE) this.#previous[first] = id;
    this.#first[slot] = id;
    this.#slots[id] = slot;
  }

  #slotOf(time: number): number {
    let level = 0;
    let unit = 1;
    while (level < LEVELS - 1 && Math.floor(time / unit) - Math.floor(this.#tick / unit) >= SLOTS) {
      level++;
      unit *= SLOTS;
    }
    const furthest = Math.floor(this.#tick / unit) + SLOTS - 1;
    return level * SLOTS + (Math.min(furthest, Math.floor(time / unit)) % SLOTS);
  }

  #unlink(id: number): void {
    const next = this.#next[id] as number;
    const previous = this.#previous[id] as number;
    if (previous === NONE) this.#first[this.#slots[id] as number] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
    this.#slots[id] = NONE;
  }

  /** Calls back for every timer due at `nowMs`, in the order of their times; those may set timers again. */
  advance(nowMs: number, due: (id: number) => void): void {
    const end = Math.floor(nowMs / this.#tickMs);
    while (this.#tick <= end) {
      if (this.#size === 0) this.#tick = end;
      this.#dealOut();
      this.#fire(due);
      this.#tick = Math.min(end + 1, this.#nextTick(this.#tick));
    }
  }

  /** At the beginning of a round of a wheel, the next slot of the one above comes down. */
  #dealOut(): void {
    let unit = SLOTS;
    for (let level = 1; level < LEVELS && this.#tick % unit === 0; level++) {
      this.#relink(level * SLOTS + (Math.floor(this.#tick / unit) % SLOTS));
      unit *= SLOTS;
    }
  }

  #relink(slot: number): void {
    let id = this.#first[slot] as number;
    this.#first[slot] = NONE;
    while (id !== NONE) {
      const next = this.#next[id] as number;
      this.#link(id);
      id = next;
    }
  }

  #fire(due: (id: number) => void): void {
    const slot = this.#tick++ % SLOTS; // What is scheduled from now on is for a later tick, so that this ends.
    for (let id = this.#first[slot] as number; id !== NONE; id = this.#first[slot] as number) {
      this.#unlink(id);
      this.#size--;
      due(id);
    }
  }

  /** The first tick from `from` on at which something is called or dealt out. */
  #nextTick(from: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let level = 0, unit = 1; level < LEVELS; level++, unit *= SLOTS) {
      const round = Math.ceil(from / unit);
      for (let i = 0; i < SLOTS && (round + i) * unit < least; i++) {
        if (this.#first[level * SLOTS + ((round + i) % SLOTS)] !== NONE) least = (round + i) * unit;
      }
    }
    return least;
  }

  /** The time at which `advance` has something to do, which may be before the next timer is due; `Infinity` for none. */
  nextMs(): number {
    return this.#nextTick(this.#tick) * this.#tickMs;
  }
}
