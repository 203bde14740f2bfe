/**
 * Queues of 8-byte numbers by other algorithms than the library's, to be measured against it (docs/adr/0010). They are no part
 * of the library: they do not wait, wake, close, or survive a thread that dies within a call.
 */
export interface NumberQueue {
  /** `false` when it is full. */
  offer(value: number): boolean;
  /** `undefined` when it is empty. */
  poll(): number | undefined;
}

/** An algorithm. */
export interface Algorithm {
  readonly name: string;
  readonly about: string;
  /** Memory for a queue of so many numbers, a power of two from 8 on; `first` is the ticket it begins with. */
  create(capacity: number, first?: number): SharedArrayBuffer;
  /** This thread's view of it; `seat` is a number that no other thread that uses it has, from 0 on. */
  open(memory: SharedArrayBuffer, capacity: number, seat: number): NumberQueue;
}

/** Threads that can use one queue. */
export const SEATS = 16;
/** Words between words that different threads write. */
export const LINE_WORDS = 32;
