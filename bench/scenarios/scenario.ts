import type { PayloadName } from '../payloads/index.ts';

/**
 * What is measured, without a word about who does it. Every scenario has a name, which is written in one file of this
 * folder and nowhere else; contenders say which scenarios they can do. Scenarios are plain data: they stand in the results
 * as they are.
 */
export type Scenario =
  | StreamScenario
  | RoundTripScenario
  | OneThreadScenario
  | PoolScenario
  | TopicScenario
  | JobScenario;

/** Scenarios in which producers send to consumers: the drivers for them are the same, what is measured is not. */
export type StreamScenario = FlowScenario | BroadcastScenario | IdleScenario | FloodScenario;

interface Common {
  readonly name: string;
  /** One line for the table. */
  readonly title: string;
  /** Who sends what to whom, in characters. */
  readonly drawing: string;
  /** The lines in plots that this scenario is a point of. */
  readonly sweeps?: readonly Sweep[];
}

/** Scenarios of one sweep differ in one number only. */
export interface Sweep {
  /** What the number is: the label of the axis. */
  readonly of: string;
  readonly at: number;
}

/** Who sends what to whom. */
export interface Stream {
  readonly payload: PayloadName;
  readonly producers: number;
  readonly consumers: number;
  /** Messages that a producer hands over with one call; 1 means each on its own. */
  readonly batch: number;
  /**
   * What consumers look at: the message in place, where a contender can; a copy of its bytes in memory of their own; or a
   * value of their own, made anew.
   */
  readonly reading: 'views' | 'copies' | 'values';
  /** Messages that the queue holds, where the scenario is about that. Otherwise each contender has its own. */
  readonly capacity?: number;
  /** How many times longer than others its rounds warm up: where much code has to be compiled, or threads share cores with the compiler. */
  readonly warmUps?: number;
}

/** Messages flow from producers to consumers as fast as they can, each to one of them; measured in messages a second. */
export interface FlowScenario extends Common, Stream {
  readonly kind: 'flow';
}

/** Every consumer gets every message; measured in messages a second that each consumer gets. */
export interface BroadcastScenario extends Common, Stream {
  readonly kind: 'broadcast';
}

/** Consumers wait and nobody sends: what that costs, in milliseconds of processor time a second. */
export interface IdleScenario extends Common, Stream {
  readonly kind: 'idle';
}

/** Producers are faster than consumers: how much memory the process takes more than before, in MiB. */
export interface FloodScenario extends Common, Stream {
  readonly kind: 'flood';
  /** Messages of each producer. */
  readonly count: number;
  /** Microseconds that a consumer is busy with each message. */
  readonly workUs: number;
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

/** A stream of small records goes through a function on a pool of threads and comes back; measured in items a second. */
export interface PoolScenario extends Common {
  readonly kind: 'pool';
  readonly threads: number;
  /** Microseconds that the function is busy with each item. */
  readonly workUs: number;
}

/** Keyed messages go through the partitions of a topic to the threads of every group; measured in messages a second. */
export interface TopicScenario extends Common {
  readonly kind: 'topic';
  readonly payload: PayloadName;
  readonly producers: number;
  /** Threads of each group. */
  readonly threads: number;
  readonly partitions: number;
  readonly groups: number;
  /** Messages that a producer hands over in one call. */
  readonly together: number;
  /** Whether a group acknowledges what it read of a partition, in order, or every message by itself, as work is shared. */
  readonly acks: 'batches' | 'messages';
}

/** A whole program, as a user would write it; measured in what it says itself. */
export interface JobScenario extends Common {
  readonly kind: 'job';
}

/** Whether a scenario is one of those in which producers send to consumers. */
export function isStream(scenario: Scenario): scenario is StreamScenario {
  return 'consumers' in scenario;
}

/** How many threads work at the same time. */
export function threadsOf(scenario: Scenario): number {
  switch (scenario.kind) {
    case 'round-trip':
    case 'job':
      return 2;
    case 'one-thread':
      return 1;
    case 'pool':
      return scenario.threads + 1;
    case 'topic':
      return scenario.producers + scenario.groups * scenario.threads;
    default:
      return scenario.producers + scenario.consumers;
  }
}
