import type { Payload } from '../payloads/index.ts';
import type { FlowScenario, OneThreadScenario, RoundTripScenario, Scenario } from '../scenarios/index.ts';

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
  /** Left out of a run unless it is asked for by name. */
  readonly onRequest?: boolean;
  readonly flow?: FlowDriver;
  readonly roundTrip?: RoundTripDriver;
  readonly oneThread?: OneThreadDriver;
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
  connect(scenario: FlowScenario): { producers: Endpoint[]; consumers: Endpoint[] };
  /** Sends everything the source has, then makes the end known. */
  produce(data: unknown, scenario: FlowScenario, source: Source): void | Promise<void>;
  /** Shows every message to `see`, until the end. */
  consume(data: unknown, scenario: FlowScenario, see: See): void | Promise<void>;
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
  ): { pass(first: number, count: number): void; close(): void };
}
