import { distance } from '../sequence.ts';
import type { Subscriptions } from './subscriptions.ts';

/** How far from its base a sequence may lie before the base is moved: well below half of the int32 range. */
const REBASE_AT = 2 ** 29;

/** Sequences further apart can't be compared. */
const REACH = 2 ** 30;

/**
 * Turns sequences, which wrap, into offsets, which do not: numbers up to 2⁵³. Private to one end, which sees
 * its sequences in order, so that one look at the shared frontier is enough for ever.
 */
export class Offsets {
  #sequence: number;
  #offset: number;

  constructor(subscriptions: Subscriptions) {
    const { sequence, offset } = subscriptions.frontierOffset();
    this.#sequence = sequence;
    this.#offset = offset;
  }

  /** The sequence of an offset, or of the nearest one that a sequence can name. */
  sequenceOf(offset: number): number {
    const ahead = Math.max(-REACH, Math.min(REACH, offset - this.#offset));
    return (this.#sequence + ahead) | 0;
  }

  of(sequence: number): number {
    const ahead = distance(sequence, this.#sequence);
    const offset = this.#offset + ahead;
    if (ahead > REBASE_AT) {
      this.#sequence = sequence;
      this.#offset = offset;
    }
    return offset;
  }
}
