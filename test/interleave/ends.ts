import type { Steps } from './steps.ts';

/** The ring's ends in the transformed code. */
export interface Writer {
  /** Of a priority ring: to a level. */
  offer(value: number, options?: { level?: number }): Steps<boolean>;
  put(value: number, options: AwaitOptions): Steps<void>;
  offerAll(values: readonly number[]): Steps<number>;
  putSync(value: number, options?: { timeout?: number }): Steps<boolean>;
  fill(count: number, write: (slot: Slot, i: number) => Steps<void>): Steps<number>;
  claim(size: number): Steps<Claim | undefined>;
  close(): Steps<void>;
  fail(error: unknown): Steps<void>;
  detach(): Steps<void>;
}

/** A place that `fill` hands over. */
export interface Slot {
  set(value: number): unknown;
}

/** Room for a message that is written in place. */
export interface Claim {
  readonly bytes: Uint8Array;
  publish(length?: number): Steps<boolean>;
  abort(): unknown;
}

/** What `for await` goes over. */
export interface Batches {
  next(): Steps<{ done: boolean; value: { [Symbol.iterator](): unknown } }>;
  return(): unknown;
}

export interface Reader {
  take(options: AwaitOptions): Steps<number>;
  poll(): Steps<number | undefined>;
  /** As a thread does that is about to sleep. */
  armForMessage(): Steps<boolean>;
  drain(each: (view: number) => void, max?: number): Steps<number>;
  takeSync(options?: { timeout?: number }): Steps<number | undefined>;
  drainSync(each: (view: number) => void, options?: { timeout?: number; max?: number }): Steps<number>;
  openBatch(max: number): Steps<boolean>;
  nextView(): unknown;
  closeBatch(all: boolean): Steps<void>;
  abandonBatch(): Steps<void>;
  [Symbol.asyncIterator](): unknown;
  detach(): Steps<void>;
  /** Of a broadcast ring only. */
  unsubscribe(): Steps<void>;
  /** Of a broadcast ring that drops the oldest only. */
  $get_missed(): Steps<number>;
}

/** How long an awaited call may take. */
export interface AwaitOptions {
  readonly timeout?: number;
  readonly signal?: Signal;
}

/** What stands for an `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: string, listener: () => unknown): void;
  removeEventListener(type: string, listener: () => unknown): void;
}

/** A cell for one value. */
export interface Cell {
  set(value: number): Steps<void>;
  get(): Steps<number | undefined>;
  repair(threadId: number): Steps<void>;
  readonly handle: { buffer: SharedArrayBuffer };
}

export interface Stats {
  readonly written: number;
  readonly read: number;
  readonly dropped: number;
  readonly depth: number;
  readonly closed: boolean;
}

export interface Ring {
  $get_writer(): Steps<Writer>;
  $get_reader(): Steps<Reader>;
  readonly handle: { buffer: SharedArrayBuffer; lot: SharedArrayBuffer };
  close(): Steps<void>;
  fail(error: unknown): Steps<void>;
  repair(threadId: number): Steps<void>;
  stats(): Steps<Stats>;
  /** Of a broadcast ring only, as what follows. */
  subscribe(options: { from: 'oldest' | 'newest' }): Steps<Reader>;
  addSubscription(subscription?: number): Steps<number>;
  $get_lastOffset(): Steps<number>;
  attach(subscription: number, options?: { after: readonly number[] }): Steps<Reader>;
}

export type Make = (from: unknown, how: unknown) => Ring | Steps<Ring>;
