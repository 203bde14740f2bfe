import type { Budgets } from './actions.ts';
import type { Actor } from './self.ts';
import type { RingSetup } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly ring: RingSetup;
  readonly actors: readonly Actor[];
  readonly budgets?: Partial<Budgets>;
  /**
   * How much of the order is promised: `strict`, "full" only while nobody else is at work (`weak-full`, the default), "full" not
   * at all (`any-full`: slots of claims that were given up are free only when all have gone past them), or only that nothing is lost.
   */
  readonly order?: 'strict' | 'weak-full' | 'any-full' | 'none';
  /**
   * Whether sleeps may be ended by their time alone: a reader that owes a writer its wake-up may have made its last call. Otherwise
   * that is a lost wake-up.
   */
  readonly patience?: boolean;
  /** The thread whose own reader looks for what is left; a new one otherwise. */
  readonly lastReader?: number;
  /** Whether plain stores between two atomic steps become visible last first, where they are steps: see `reordered.ts`. */
  readonly reordered?: boolean;
}
