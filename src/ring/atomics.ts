/**
 * The seam: the only file that names `Atomics`.
 *
 * Everything that one thread says to another through shared memory goes through these functions, so that a
 * reader finds every synchronising step by their names, and the interleaving explorer can put a scheduling
 * point at each of them. All are sequentially consistent; there is nothing weaker in JavaScript.
 */
export const load: (words: Int32Array, index: number) => number = Atomics.load;
export const store: (words: Int32Array, index: number, value: number) => number = Atomics.store;
export const add: (words: Int32Array, index: number, value: number) => number = Atomics.add;
export const or: (words: Int32Array, index: number, bits: number) => number = Atomics.or;
export const exchange: (words: Int32Array, index: number, value: number) => number = Atomics.exchange;
export const compareExchange: (
  words: Int32Array,
  index: number,
  expected: number,
  replacement: number,
) => number = Atomics.compareExchange;
export const wait: (
  words: Int32Array,
  index: number,
  value: number,
  timeoutMs?: number,
) => 'ok' | 'not-equal' | 'timed-out' = Atomics.wait;
export const notify: (words: Int32Array, index: number, count?: number) => number = Atomics.notify;

type AsyncWait = (
  words: Int32Array,
  index: number,
  value: number,
  timeoutMs?: number,
) => { async: false; value: string } | { async: true; value: Promise<string> };

/** `undefined` where the runtime has none (Firefox before 145). */
export const waitAsync: AsyncWait | undefined = (Atomics as { waitAsync?: AsyncWait }).waitAsync;

const hint: ((iterations?: number) => void) | undefined = (
  Atomics as { pause?: (iterations?: number) => void }
).pause;
const idleWord = new Int32Array(1);

/**
 * Stays off shared memory for about a quarter of a microsecond, so that the thread on the other side of a
 * cache line can work on it undisturbed. Uses the processor's pause instruction where the runtime gives it.
 */
export const pause: () => void = hint
  ? () => {
      for (let i = 0; i < 6; i++) hint();
    }
  : () => {
      for (let i = 0; i < 20; i++) Atomics.load(idleWord, 0);
    };
