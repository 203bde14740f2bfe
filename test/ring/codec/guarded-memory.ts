import { allowGeneration } from '../../../src/ring/codec/generate.ts';
import { Memory } from '../../../src/ring/memory.ts';

/** What stands before and behind a message in these tests, and must not change. */
const GUARD = 0xa5;

/** Shared memory filled with guard bytes, as other messages would surround one in a ring. */
export function guardedMemory(size: number): Memory {
  const memory = new Memory(new SharedArrayBuffer(Math.ceil(size / 8) * 8));
  memory.u8.fill(GUARD);
  return memory;
}

/** Whether no byte outside of `from` up to `to` was touched. */
export function isUntouchedOutside(memory: Memory, from: number, to: number): boolean {
  const { u8 } = memory;
  for (let index = 0; index < u8.length; index++) {
    if (u8[index] !== GUARD && (index < from || index >= to)) return false;
  }
  return true;
}

/** Runs `work` with `new Function` forbidden, as a strict content security policy does. */
export function interpreted<T>(work: () => T): T {
  allowGeneration(false);
  try {
    return work();
  } finally {
    allowGeneration(true);
  }
}
