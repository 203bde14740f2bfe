import { BROADCAST_MUTANTS } from './mutants-broadcast.ts';
import { END_MUTANTS } from './mutants-ends.ts';
import { GATE_MUTANTS } from './mutants-gates.ts';
import { IN_PLACE_MUTANTS } from './mutants-in-place.ts';
import { LAPPING_MUTANTS } from './mutants-lapping.ts';
import { LATEST_MUTANTS } from './mutants-latest.ts';
import { PRIORITY_MUTANTS } from './mutants-priority.ts';
import { RELEASING_MUTANTS } from './mutants-releasing.ts';
import { RENDEZVOUS_MUTANTS } from './mutants-rendezvous.ts';
import { SELECT_MUTANTS } from './mutants-select.ts';
import { SOLE_WRITER_MUTANTS } from './mutants-sole-writer.ts';
import { SPSC_MUTANTS } from './mutants-spsc.ts';
import { MORE_SPSC_MUTANTS } from './mutants-spsc-more.ts';
import { TURN_MUTANTS } from './mutants-turns.ts';
import { WAITING_MUTANTS } from './mutants-waiting.ts';
import type { Patch } from './program.ts';

/** One seeded bug, and the scenario that must show it. */
export interface Mutant {
  readonly name: string;
  readonly patch: Patch;
  readonly scenario: string;
}

/**
 * By what they are seeded in. The explorer must find every one of them: a search that finds nothing proves nothing until it has found
 * something.
 */
export const MUTANTS_OF: Readonly<Record<string, readonly Mutant[]>> = {
  'rings for one writer and one reader': [...SPSC_MUTANTS, ...MORE_SPSC_MUTANTS],
  'rings with turn words': TURN_MUTANTS,
  'broadcast rings': [...BROADCAST_MUTANTS, ...SOLE_WRITER_MUTANTS],
  'broadcast rings that drop the oldest': LAPPING_MUTANTS,
  'subscriptions after others (gates)': GATE_MUTANTS,
  'latest()': LATEST_MUTANTS,
  'waiting: parked, spinning, awaited, bells, seats, and releasing beside a writer that sleeps': [
    ...WAITING_MUTANTS,
    ...RELEASING_MUTANTS,
  ],
  select: SELECT_MUTANTS,
  'priority rings': PRIORITY_MUTANTS,
  'meetings (capacity 0)': RENDEZVOUS_MUTANTS,
  'fill and claim': IN_PLACE_MUTANTS,
  'close and fail': END_MUTANTS,
};

/** Of each of them there are at least so many. */
export const MUTANTS_LEAST = 30;

export const MUTANTS: readonly Mutant[] = Object.values(MUTANTS_OF).flat();
