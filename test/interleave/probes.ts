import { type Kernel, Violation } from './kernel.ts';

interface Words {
  readonly i32: Int32Array;
}

/** A message of two words, so that a torn one is noticed. */
export function fixedProbe(kernel: Kernel): object {
  return {
    kind: 'fixed',
    spec: { name: 'probe' },
    size: 8,
    alignment: 8,
    bind: ({ i32 }: Words) => {
      const read = (at: number) => sameIn(kernel, i32, at >> 2, 2);
      return { write: (value: number, at: number) => fill(kernel, i32, at >> 2, 2, value), read, view: read };
    },
  };
}

/** A message of as many 8-byte slots as its last decimal digit says. */
export const slotsOf = (value: number): number => value % 10;

export function variableProbe(kernel: Kernel): object {
  return {
    kind: 'variable',
    spec: { name: 'probe' },
    typicalSize: 8,
    prepare: (value: number) => value,
    bound: (value: number) => slotsOf(value) * 8,
    bind: ({ i32 }: Words) => {
      const read = (at: number, length: number) => {
        const value = sameIn(kernel, i32, at >> 2, length >> 2);
        if (slotsOf(value) * 8 !== length)
          throw new Violation('result', `Message ${value} has length ${length}.`);
        return value;
      };
      const write = (value: number, at: number) => {
        fill(kernel, i32, at >> 2, slotsOf(value) * 2, value);
        return slotsOf(value) * 8;
      };
      return { write, read, view: read };
    },
  };
}

function fill(kernel: Kernel, words: Int32Array, from: number, count: number, value: number): void {
  for (let i = 0; i < count; i++) kernel.write(words, from + i, value);
}

function sameIn(kernel: Kernel, words: Int32Array, from: number, count: number): number {
  const value = kernel.read(words, from) as number;
  for (let i = 1; i < count; i++) {
    const other = kernel.read(words, from + i);
    if (other !== value) throw new Violation('result', `Torn message: ${value} and ${other}.`);
  }
  return value;
}
