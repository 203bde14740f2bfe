import { load, or, store } from '../atomics.ts';
import { turnsOf } from '../broadcast/turns-of.ts';
import type { RingControl } from '../control.ts';
import { CorruptRingError, RoleTakenError } from '../errors.ts';
import { DESK_ENDS, deskOf } from '../layout.ts';

/**
 * Marks the stream of a ring with turns as ended and wakes everybody. The state has left `open` before. A corrupt ring has no
 * end to be marked: closing is what its users are told to do, and readers that look for the end find out by themselves.
 */
export function markEnd(control: RingControl): void {
  try {
    turnsOf(control).seal();
  } catch (error) {
    if (!(error instanceof CorruptRingError)) throw error;
  }
  control.wakeReaders();
  control.wakeWriters();
}

/** A seat's thread has one writer and one reader of a ring at most: others step over its claims by its one desk. */
export function openEnd(control: RingControl, end: number, role: string): void {
  const { seat } = control.lot;
  if ((or(control.memory.i32, deskOf(seat.number) + DESK_ENDS, end) & end) !== 0) {
    throw new RoleTakenError(
      `This thread has a ${role} of this ring already, through another Ring object; use that one, or detach() it.`,
    );
  }
  control.lot.enter(seat.number);
}

export function closeEnd(control: RingControl, end: number): void {
  const { seat } = control.lot;
  const word = deskOf(seat.number) + DESK_ENDS;
  store(control.memory.i32, word, load(control.memory.i32, word) & ~end);
  control.lot.leave(seat.number, 1);
}

/** How many ends the word of a desk says are open. */
export const endsOpen = (word: number): number => (word & 1) + ((word >> 1) & 1);
