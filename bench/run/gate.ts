/** Where the threads of a phase wait until all are there: everybody starts at once, and the time runs from then. */
const OPEN = 0;

export const createGate = (): SharedArrayBuffer => new SharedArrayBuffer(4);

export function waitAtGate(gate: SharedArrayBuffer): void {
  const words = new Int32Array(gate);
  while (Atomics.load(words, OPEN) === 0) Atomics.wait(words, OPEN, 0);
}

export function openGate(gate: SharedArrayBuffer): void {
  const words = new Int32Array(gate);
  Atomics.store(words, OPEN, 1);
  Atomics.notify(words, OPEN);
}
