import type { Payload } from '../payloads/index.ts';
import type { Tally } from '../payloads/verify.ts';
import type { Plan } from '../run/plan.ts';
import type { Measured } from '../run/result.ts';
import type {
  OneThreadScenario,
  PoolScenario,
  RoundTripScenario,
  Scenario,
  StreamScenario,
  TopicScenario,
} from '../scenarios/index.ts';
import type { Item } from './pools/work.ts';

/**
 * One way to send messages, ours or another's. It brings a driver for each kind of scenario that it can do, and may
 * leave out any.
 *
 * `connect` runs in the main thread, everything else in the threads of a round, which know a contender by its name only:
 * what passes between them is plain data.
 */
export interface Contender {
  readonly name: string;
  /** What a reader of the table has to know: capacity, bounds. */
  about(scenario: Scenario): string;
  /** Whether it does this scenario. */
  does(scenario: Scenario): boolean;
  /** Why it can't run here, and what to do about it. */
  readonly missing?: string | undefined;
  /** Makes what all its rounds need, compiles say, before the first of them: no time-out is running then. */
  prepare?(): Promise<void>;
  /** Runs a whole round itself, in a process of another language, instead of bringing drivers. */
  round?(scenario: Scenario, plan: Plan): Promise<Measured>;
  /** For every scenario in which producers send to consumers. */
  readonly flow?: FlowDriver;
  readonly roundTrip?: RoundTripDriver;
  readonly oneThread?: OneThreadDriver;
  readonly pool?: PoolDriver;
  readonly topic?: TopicDriver;
  readonly job?: JobDriver;
}

/** What one thread gets of a connection: structured-cloneable data, and what of it is transferred. */
export interface Endpoint {
  readonly data: unknown;
  readonly transfer?: readonly Transferable[];
}

/** What can be moved to another thread. Node's types name the ports of `worker_threads` only. */
type Transferable = import('node:worker_threads').MessagePort | ArrayBuffer;

/** What one producer has to send. */
export interface Source<T = unknown> {
  readonly payload: Payload<T>;
  readonly producer: number;
  readonly count: number;
  /** Whether all other producers have finished: true for the last one. Asked once, after the last message. */
  isLast(): boolean;
}

export type See<T = unknown> = (value: T) => void;

export interface FlowDriver {
  /** Makes a fresh queue for one phase. */
  connect(scenario: StreamScenario): { producers: Endpoint[]; consumers: Endpoint[] };
  /** Called in each thread before the time runs, for what has to connect or to start threads of its own. */
  prepare?(data: unknown, scenario: StreamScenario, side: 'producer' | 'consumer'): Promise<void>;
  /** Sends everything the source has, then makes the end known. */
  produce(data: unknown, scenario: StreamScenario, source: Source): void | Promise<void>;
  /**
   * Shows every message to `see`, until the end. What consumes in a thread of its own instead answers with what was seen
   * there (`verifierFor` makes who looks).
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: Most have nothing to answer.
  consume(data: unknown, scenario: StreamScenario, see: See): void | Tally | Promise<void | Tally>;
}

/** Numbers go there and come back. */
export interface RoundTripDriver {
  connect(scenario: RoundTripScenario): { near: Endpoint; far: Endpoint };
  /**
   * Sends `next()` and passes what comes back to it, until it says `STOP`, which is sent too. `next` takes the time. For
   * `async` scenarios this runs on the main thread.
   */
  ping(data: unknown, scenario: RoundTripScenario, next: (answer: number) => number): void | Promise<void>;
  /** Sends back what comes, until `STOP` came. */
  echo(data: unknown, scenario: RoundTripScenario): void | Promise<void>;
}

/** The message that ends a round trip. */
export const STOP = -1;

/** A queue whose both ends are in this thread. */
export interface OneThreadDriver {
  /** The answer writes `count` messages from `first` on, and shows what it reads back to `see`. */
  open(
    scenario: OneThreadScenario,
    payload: Payload,
    see: See,
  ): { pass(first: number, count: number): void | Promise<void>; close(): void };
}

/** Threads that run a function for whoever is in the main thread of a round; see `pools/work.ts` for what they do. */
export interface PoolDriver {
  open(scenario: PoolScenario): Promise<RunningPool> | RunningPool;
}

export interface RunningPool {
  /** Sends the records through the function and shows every result to `see`, in their order. */
  run(records: Iterable<Item>, see: (result: unknown) => void): Promise<void>;
  close(): Promise<void> | void;
}

/** Topics whose consumers run in threads of the contender's own. */
export interface TopicDriver {
  /** Makes a topic and starts its consumers; called before the threads of the producers start. */
  open(scenario: TopicScenario): RunningTopic;
  /** Sends until the source is over, of which it asks now and then; the answer is how many were sent. */
  produce(data: unknown, scenario: TopicScenario, source: EndlessSource): number | Promise<number>;
}

/** What one producer of a topic has to send. */
export interface EndlessSource<T = unknown> extends Pick<Source<T>, 'payload' | 'producer'> {
  isOver(): boolean;
}

export interface RunningTopic {
  /** What every producer gets. */
  readonly data: unknown;
  /** How many messages consumers of all groups have seen so far, or a little less. */
  seen(): number;
  /** Called when all was sent: for each group, what its threads saw once they have it all. Ends the topic. */
  consumed(): Promise<readonly (readonly Tally[])[]>;
}

/** A program in a process of its own. */
export interface JobDriver {
  /** Millions of messages a second, as the program measures them. */
  run(): Promise<number>;
}
