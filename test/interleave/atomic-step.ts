import type { MemoryModel } from './memory-model.ts';
import type { Step } from './steps.ts';

/** What a step on memory does, apart from sleeping and waking. */
export interface Effect {
  readonly after: number;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly plain: boolean;
}

/** The effect of a step on a word with this value; `undefined` for steps that are not on memory. */
export function effectOf({ op, a = 0, b = 0 }: Step, before: number): Effect | undefined {
  switch (op) {
    case 'load':
    case 'wait':
    case 'waitAsync':
      return { after: before, reads: true, writes: false, plain: false };
    case 'notify':
      return { after: before, reads: false, writes: false, plain: false };
    case 'get':
      return { after: before, reads: true, writes: false, plain: true };
    case 'set':
      return { after: a | 0, reads: false, writes: true, plain: true };
    case 'store':
      return { after: a | 0, reads: false, writes: true, plain: false };
    case 'add':
      return { after: (before + a) | 0, reads: true, writes: true, plain: false };
    case 'or':
      return { after: before | a, reads: true, writes: true, plain: false };
    case 'exchange':
      return { after: a | 0, reads: true, writes: true, plain: false };
    case 'compareExchange': {
      const swaps = before === (a | 0);
      return { after: swaps ? b | 0 : before, reads: true, writes: swaps, plain: false };
    }
    default:
      return undefined;
  }
}

/** Makes it happen, for everybody to see; memory that is not shared has no address. */
export function apply(
  memory: MemoryModel,
  thread: number,
  address: number,
  { words, index }: Step,
  { after, reads, writes, plain }: Effect,
): void {
  const before = words[index] as number;
  if (writes) words[index] = after;
  if (address < 0) return;
  if (plain && writes) memory.plainWrite(thread, address);
  else if (plain) memory.plainRead(thread, address);
  else if (reads) memory.atomicRead(thread, address);
  if (writes) memory.changed(address, before, after);
  if (writes && !plain) memory.atomicWrite(thread, address);
}
