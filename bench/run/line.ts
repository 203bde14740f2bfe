/**
 * How far apart are the two threads? One word goes back and forth between them, both spinning, with nothing around it.
 *
 * The two cores may be near each other or not, and a virtual machine moves between the two without notice; results change
 * with it up to sixfold. So every round measures this before and after, and the table says it.
 */
const WORD = 0;
const TRIPS = 100;
const CHUNKS = 100;
/** Where somebody else has a core, a trip takes milliseconds: then fewer chunks must do. */
const LONGEST_MS = 100;

export const createLine = (): SharedArrayBuffer => new SharedArrayBuffer(4);

/** Nanoseconds of a round trip, the median of a hundred at a time. The other thread runs `answerLine`. */
export function measureLine(line: SharedArrayBuffer): number {
  const words = new Int32Array(line);
  const end = performance.now() + LONGEST_MS;
  const chunks: number[] = [];
  let value = 0;
  for (let chunk = 0; chunk < CHUNKS && performance.now() < end; chunk++) {
    const start = performance.now();
    for (let trip = 0; trip < TRIPS; trip++, value += 2) {
      Atomics.store(words, WORD, value + 1);
      while (Atomics.load(words, WORD) !== value + 2);
    }
    chunks.push(((performance.now() - start) / TRIPS) * 1e6);
  }
  Atomics.store(words, WORD, STOP);
  return chunks.sort((a, b) => a - b)[chunks.length >> 1] as number;
}

const STOP = -1;

export function answerLine(line: SharedArrayBuffer): void {
  const words = new Int32Array(line);
  for (let value = 1; ; value += 2) {
    for (;;) {
      const seen = Atomics.load(words, WORD);
      if (seen === value) break;
      if (seen === STOP) return;
    }
    Atomics.store(words, WORD, value + 1);
  }
}
