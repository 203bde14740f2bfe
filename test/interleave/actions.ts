/**
 * What may happen next: a thread takes its step, or something befalls it instead of the step. A sleep that ends by its time
 * or for no reason ends at once: whatever others do between the beginning and the end of such a sleep, they can do before or
 * after it as well. `Rescue` ends the sleep whose time is over first when nobody can go on.
 */
export const Do = { Step: 0, WakeSpuriously: 1, TimeOut: 2, Kill: 3, Rescue: 4 } as const;
export type Do = (typeof Do)[keyof typeof Do];

/** A choice of the scheduler: thread × 8 + what. */
export type Action = number;
export const actionOf = (thread: number, what: Do): Action => thread * 8 + what;
export const threadOf = (action: Action): number => action >> 3;
export const whatOf = (action: Action): Do => (action & 7) as Do;

export type ViolationKind = 'result' | 'race' | 'stuck' | 'livelock' | 'exception';
export class Violation extends Error {
  readonly kind: ViolationKind;
  constructor(kind: ViolationKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** How often things that may happen at any moment are allowed to happen in one run. */
export interface Budgets {
  readonly spurious: number;
  readonly timeouts: number;
  /** Threads that may die before any of their steps, and how many of them in one run. */
  readonly mayDie: readonly number[];
  readonly deaths: number;
}
