import type { PayloadName } from '../payloads/index.ts';
import type { Tally } from '../payloads/verify.ts';

/** What the main thread of a round asks of its workers, and what they answer: plain data. */
export type Job =
  | ProduceJob
  | ProduceEndlesslyJob
  | ConsumeJob
  | EchoJob
  | PingJob
  | LineJob
  | OneThreadJob
  | BeThereJob
  | LeaveJob;

interface Named {
  readonly scenario: string;
  readonly contender: string;
}

interface Gated {
  /** A word that is 0 until all may start. */
  readonly gate: SharedArrayBuffer;
}

export interface ProduceJob extends Named, Gated {
  readonly kind: 'produce';
  readonly data: unknown;
  readonly producer: number;
  readonly count: number;
  /** A word in which producers that have finished count themselves. */
  readonly finished: SharedArrayBuffer;
}

/** Answered with how many messages were sent. */
export interface ProduceEndlesslyJob extends Named, Gated {
  readonly kind: 'produce-endlessly';
  readonly data: unknown;
  readonly producer: number;
  /** A word that is 1 once it is enough. */
  readonly over: SharedArrayBuffer;
}

export interface ConsumeJob extends Named, Gated {
  readonly kind: 'consume';
  readonly data: unknown;
}

export interface ConsumeAnswer {
  readonly tally: Tally;
  /** On the clock of `nowMs`. */
  readonly endedAtMs: number;
}

export interface EchoJob extends Named {
  readonly kind: 'echo';
  readonly data: unknown;
}

export interface PingJob extends Named {
  readonly kind: 'ping';
  readonly data: unknown;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface PingAnswer {
  /** Percentiles, and microseconds. */
  readonly curve: readonly (readonly [percentile: number, us: number])[];
  readonly fault?: string;
}

export interface LineJob {
  readonly kind: 'measure-line' | 'answer-line';
  readonly line: SharedArrayBuffer;
}

export interface OneThreadJob extends Named {
  readonly kind: 'one-thread';
  readonly payload: PayloadName;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Nothing: answered as soon as the thread has started. */
export interface BeThereJob {
  readonly kind: 'be-there';
}

/** The last one. */
export interface LeaveJob {
  readonly kind: 'leave';
}

export interface OneThreadAnswer {
  /** Nanoseconds a message. */
  readonly cost: number;
  readonly fault?: string;
}

/** What a worker posts to the main thread of the round. */
export type Answer = { readonly kind: 'ready' } | { readonly kind: 'done'; readonly result: unknown };
