import { Violation } from './actions.ts';
import { getting, type Support, setting } from './instance.ts';
import type { Steps } from './steps.ts';

interface Words {
  readonly i32: Int32Array;
}

/** A message as it is given: a number, or the bytes of one that was written in place. */
type Given = number | Uint8Array;
const numberOf = (given: Given): number =>
  typeof given === 'number' ? given : (new Int32Array(given.buffer, given.byteOffset, 1)[0] as number);

/** How messages get into memory: at once, or with a step for every word. */
type Make<T> = (steps: Steps<T>) => T | Steps<T>;
const made = <T>(plain: boolean): Make<T> => (plain ? (steps) => steps : (steps) => finished(steps));

function finished<T>(steps: Steps<T>): T {
  const { done, value } = steps.next();
  if (!done) throw new Error('A plain access was a step.');
  return value;
}

/** A message of two words, so that a torn one is noticed. */
export function fixedProbe(support: Support, plain: boolean): object {
  return {
    kind: 'fixed',
    spec: { name: 'bytes' },
    size: 8,
    alignment: 8,
    bind: ({ i32 }: Words) => {
      const words = new Access(support, i32, plain);
      const read = (at: number) => made<number>(plain)(words.sameIn(at >> 2, 2));
      const write = (given: Given, at: number) => made<void>(plain)(words.fill(at >> 2, 2, numberOf(given)));
      return { write, read, view: read };
    },
  };
}

/** A message of as many 8-byte slots as its last decimal digit says. */
export const slotsOf = (value: number): number => value % 10;

export function variableProbe(support: Support, plain: boolean): object {
  return {
    kind: 'variable',
    spec: { name: 'bytes' },
    typicalSize: 8,
    prepare: numberOf,
    bound: (value: number) => slotsOf(value) * 8,
    bind: ({ i32 }: Words) => {
      const words = new Access(support, i32, plain);
      const read = (at: number, length: number) => made<number>(plain)(words.message(at >> 2, length));
      const write = (value: number, at: number) => made<number>(plain)(words.put(at >> 2, value));
      return { write, read, view: read };
    },
  };
}

class Access {
  readonly #support: Support;
  readonly #words: Int32Array;
  readonly #plain: boolean;

  constructor(support: Support, words: Int32Array, plain: boolean) {
    this.#support = support;
    this.#words = words;
    this.#plain = plain;
  }

  *fill(from: number, count: number, value: number): Steps<void> {
    for (let i = 0; i < count; i++) {
      if (this.#plain) yield* setting(this.#support, this.#words, from + i, value);
      else this.#support.write(this.#words, from + i, value);
    }
  }

  *put(from: number, value: number): Steps<number> {
    yield* this.fill(from, slotsOf(value) * 2, value);
    return slotsOf(value) * 8;
  }

  *sameIn(from: number, count: number): Steps<number> {
    const value = yield* this.#get(from);
    for (let i = 1; i < count; i++) {
      const other = yield* this.#get(from + i);
      if (other !== value) throw new Violation('result', `Torn message: ${value} and ${other}.`);
    }
    return value;
  }

  *message(from: number, length: number): Steps<number> {
    const value = yield* this.sameIn(from, length >> 2);
    if (slotsOf(value) * 8 !== length)
      throw new Violation('result', `Message ${value} has length ${length}.`);
    return value;
  }

  *#get(at: number): Steps<number> {
    if (this.#plain) return (yield* getting(this.#support, this.#words, at)) as number;
    return this.#support.read(this.#words, at) as number;
  }
}
