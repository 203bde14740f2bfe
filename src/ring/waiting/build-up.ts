import { pause } from '../atomics.ts';
import { coreCount } from '../globals.ts';
import type { Lot } from '../lot.ts';
import type { WaitStrategy } from './wait-strategy.ts';

/** A drain that found fewer messages than this, and less than a quarter of the ring, found few. */
const LARGE_BATCH = 1024;

/** Pauses of about a quarter of a microsecond that a reader stays off at least, and at most. */
const STAY_LEAST = 4;
const STAY_MOST = 64;

/** From so many messages on it is a stream: they came within some microseconds. */
const STREAM_LEAST = 32;
/** Milliseconds of a nap. Systems add to a sleep that short: Linux about 0.06. */
const NAP_MS = 0.05;
/** After so many times it is counted again whether threads are more than cores. */
const COUNT_EVERY = 256;

/**
 * Lets batches build up between the drains of a reader that waits. Where one drain found few messages, the reader stays off the ring
 * before the next, the longer the more it found: looking again at once would take the cache lines from the writer at every message,
 * and find as few. In a stream batches grow by that until they are large; where one message is answered by one, it is about
 * a microsecond.
 *
 * Where more threads use rings than there are cores, a reader that stays off by pausing has a core that another one could use, and one that
 * sleeps until the next message is woken by it at once, often on its writer's core. In a stream such a reader naps: it sleeps for a
 * moment without asking to be woken, so there is nobody who could miss it. Only where the ring holds what comes meanwhile.
 */
export class BuildUp {
  readonly #lot: Lot;
  readonly #large: number;
  #found = LARGE_BATCH;
  #isCrowded = false;
  #untilCount = 0;

  /** Threads that spin or park at once have asked for the quickest answer, or the least work. */
  constructor(capacity: number, strategy: WaitStrategy, lot: Lot) {
    this.#large = strategy === 'adaptive' ? Math.min(LARGE_BATCH, capacity >> 2) : 0;
    this.#lot = lot;
  }

  beforeDrain(): void {
    const found = this.#found;
    if (found >= this.#large) return;
    if (found >= STREAM_LEAST && this.#large === LARGE_BATCH && this.#crowded()) this.#lot.seat.nap(NAP_MS);
    else stayOff(found);
  }

  /** A drain that found all it had room for says nothing about how many there were. */
  afterDrain(found: number, room: number | undefined): void {
    this.#found = found === room ? LARGE_BATCH : found;
  }

  #crowded(): boolean {
    if (this.#untilCount === 0) {
      this.#isCrowded = this.#lot.countThreads() > coreCount();
      this.#untilCount = COUNT_EVERY;
    }
    this.#untilCount--;
    return this.#isCrowded;
  }
}

function stayOff(messages: number): void {
  const pauses = Math.min(STAY_LEAST + messages - 1, STAY_MOST);
  for (let i = 0; i < pauses; i++) pause();
}
