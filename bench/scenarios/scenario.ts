import type { PayloadName } from '../payloads/index.ts';

/**
 * What is measured, without a word about who does it. Every scenario has a name, which is written in its own file
 * and nowhere else; contenders say which scenarios they can do.
 */
export type Scenario = FlowScenario | RoundTripScenario | OneThreadScenario;

interface Common {
  readonly name: string;
  /** One line for the table. */
  readonly title: string;
}

/** Messages flow from producers to consumers as fast as they can; measured in messages a second. */
export interface FlowScenario extends Common {
  readonly kind: 'flow';
  readonly payload: PayloadName;
  readonly producers: number;
  readonly consumers: number;
  /** Messages that a producer hands over with one call; 1 means each on its own. */
  readonly batch: number;
  /** Whether consumers look at messages in place, where a contender can, or get values of their own. */
  readonly reading: 'views' | 'values';
}

/** One message goes there and back before the next one starts; measured in time. */
export interface RoundTripScenario extends Common {
  readonly kind: 'round-trip';
  /**
   * How both sides wait: looking again and again, asleep, or, for `async`, on the event loop of the main thread; then
   * only the side that answers sleeps.
   */
  readonly waiting: 'spin' | 'park' | 'async';
}

/** Writing and reading in one thread: what the operations cost when no other core has the memory. */
export interface OneThreadScenario extends Common {
  readonly kind: 'one-thread';
  readonly payload: PayloadName;
  /** Messages written before they are read. */
  readonly depth: number;
  readonly reading: 'views' | 'values';
}

/** How many threads work at the same time. */
export function threadsOf(scenario: Scenario): number {
  if (scenario.kind === 'flow') return scenario.producers + scenario.consumers;
  return scenario.kind === 'round-trip' ? 2 : 1;
}
