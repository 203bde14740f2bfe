import { pause } from '../atomics.ts';
import type { WaitStrategy } from './wait-strategy.ts';

/** A drain that found fewer messages than this, and less than a quarter of the ring, found few. */
const LARGE_BATCH = 1024;

/** Pauses of about a quarter of a microsecond that a reader stays off at least, and at most. */
const STAY_LEAST = 4;
const STAY_MOST = 64;

/**
 * Lets batches build up between the drains of a reader that waits. Where one drain found few messages, the reader stays off the ring
 * before the next, the longer the more it found: looking again at once would take the cache lines from the writer at every message,
 * and find as few. In a stream batches grow by that until they are large; where one message is answered by one, it is about
 * a microsecond.
 */
export class BuildUp {
  readonly #large: number;
  #found = LARGE_BATCH;

  /** Threads that spin or park at once have asked for the quickest answer, or the least work. */
  constructor(capacity: number, strategy: WaitStrategy) {
    this.#large = strategy === 'adaptive' ? Math.min(LARGE_BATCH, capacity >> 2) : 0;
  }

  beforeDrain(): void {
    if (this.#found < this.#large) stayOff(this.#found);
  }

  /** A drain that found all it had room for says nothing about how many there were. */
  afterDrain(found: number, room: number | undefined): void {
    this.#found = found === room ? LARGE_BATCH : found;
  }
}

function stayOff(messages: number): void {
  const pauses = Math.min(STAY_LEAST + messages - 1, STAY_MOST);
  for (let i = 0; i < pauses; i++) pause();
}
