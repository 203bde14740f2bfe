import { type Counter, type GroupMemory, MEMBERS } from './group-memory.ts';

/** Where what becomes of a group's messages is counted. */
export interface Tally {
  count(counter: Counter, partition: number, by: number): void;
}

/**
 * What one member of a group counts in partitions that all members share: in words of its own, so that counting is a plain addition.
 *
 * Order: a member's words are written by its thread alone. Its number is given to another one after it has left, or after its thread has
 * ended and was repaired: by a store and a compare-and-swap of the member's state, so the next writer finds the last one's sums and adds
 * to them. Nobody decides anything by these numbers; who adds them up meanwhile may miss the last few.
 */
export class MemberTally implements Tally {
  readonly #memory: GroupMemory;
  readonly #member: number;

  constructor(memory: GroupMemory, member: number) {
    this.#memory = memory;
    this.#member = member;
  }

  count(counter: Counter, partition: number, by: number): void {
    this.#memory.add(this.#memory.tally(this.#member, partition, counter), by);
  }
}

/** What all members that there are and were have counted. */
export function talliedBy(memory: GroupMemory, partition: number, counter: Counter): number {
  let sum = 0;
  for (let member = 1; member <= MEMBERS; member++)
    sum += memory.numberAt(memory.tally(member, partition, counter));
  return sum;
}
