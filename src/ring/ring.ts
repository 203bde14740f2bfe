import type { CodecSpec } from './codec/codec.ts';
import type { WebAssemblyMemory } from './globals.ts';
import type { Overflow, Topology } from './layout.ts';
import type { RingReader } from './reader.ts';
import type { Slot } from './slots.ts';
import type { WaitOptions } from './waiting/async-wait.ts';
import type { WaitStrategy } from './waiting/wait-strategy.ts';
import type { RingWriter } from './writer.ts';

/**
 * What every ring promises. The classes behind it add only how they keep it.
 *
 * A ring is a bounded queue of messages in shared memory. Threads that hold its handle open it and take the
 * `writer` or the `reader`. A message that `offer` or `put` accepted is read exactly once, by one reader, in
 * the order in which its writer wrote. It stays there when its writer's thread ends. When a reader's thread ends, `repair`
 * gives what it had not released to another reader: a message whose `poll` or `takeSync` had not returned, and one that a
 * `drain` callback or an open batch was at; the latter is delivered a second time.
 */
export interface Ring<T, V = T, S = Slot<T>> {
  readonly topology: Topology;
  /** Messages that fit (codecs of fixed size), or slots of `slotSize` bytes (variable size). */
  readonly capacity: number;
  /**
   * This thread's writing end, attached on first use.
   * Throws `RoleTakenError` when the ring allows one writer and has one.
   */
  readonly writer: RingWriter<T, S>;
  /** This thread's reading end, attached on first use. Throws `RoleTakenError` as `writer` does. */
  readonly reader: RingReader<T, V>;
  /** What `open` takes in another thread: plain data for `workerData` or `postMessage`. */
  readonly handle: RingHandle;
  /** Whether `close` or `fail` was called, by any thread. There may still be messages to read. */
  readonly closed: boolean;
  /** Counts kept in shared memory. Exact when nobody is writing or reading; any thread may call. */
  stats(): RingStats;
  /**
   * Ends the ring: writers are refused from now on (`ClosedError`), readers get what is left and then the
   * end. Wakes every waiter of every thread. Any thread may call; a second call changes nothing. Of a corrupt ring too: its
   * readers and writers then get `CorruptRingError`, or the end.
   */
  close(): void;
  /** As `close`, but readers get `error` (name, message, code and stack) after the last message, and writers at once. */
  fail(error: unknown): void;
  /**
   * Repairs what a thread left behind: its half-done claims are skipped, what it had claimed to read but not
   * released goes to another reader, its roles and its seat become free, and everybody is woken. Call it
   * after the thread's `exit` event with the `threadId` it had. Calling it again changes nothing, several threads may call it
   * at once, and a repairer that dies half-way can be followed by another. Throws `CorruptRingError` when it finds the ring
   * corrupt, after it has freed the roles and the seat and woken everybody.
   */
  repair(threadId: number): void;
  [Symbol.dispose](): void;
}

export interface RingOptions {
  /**
   * Messages that fit (fixed size) or slots (variable size): 1 to 2²⁷. Default 1024. With 0, writers and readers meet: `offer`
   * writes only to a reader that waits, and `put` ends when a reader has taken the message.
   */
  readonly capacity?: number;
  /** What a full ring does to its writer. Default `block`. */
  readonly overflow?: Overflow;
  /** How blocked threads wait. Default `adaptive`. */
  readonly wait?: WaitStrategy;
  /**
   * `wasm`: the hot steps are done by WebAssembly, for rings with several writers or readers. About twice as fast; the ring's handle then
   * holds a `WebAssembly.Memory`. A thread that may not compile WebAssembly uses the same ring without. Default `js`.
   */
  readonly core?: 'js' | 'wasm';
  /** Bytes of a slot, for codecs of variable size: a multiple of 8. Default: the codec's typical size. */
  readonly slotSize?: number;
  /** Bytes of the largest message, for codecs of variable size. Default 1 MiB, or the whole ring if that is less. */
  readonly maxMessageSize?: number;
}

/** Plain structured-cloneable data that stands for a ring in another thread. */
export interface RingHandle {
  readonly millrace: 1;
  readonly buffer: SharedArrayBuffer;
  /** Whose buffer it is, for a ring with a WebAssembly core: this is what `open` takes then. */
  readonly memory?: WebAssemblyMemory;
  readonly lot: SharedArrayBuffer;
  readonly codec: CodecSpec;
  readonly wait: WaitStrategy;
}

export interface RingStats {
  readonly topology: Topology;
  readonly capacity: number;
  /** Messages written and not yet read. */
  readonly depth: number;
  readonly written: number;
  readonly read: number;
  /** Messages dropped by the overflow policy. */
  readonly dropped: number;
  /** How often a call found the ring full or empty and had to wait. */
  readonly waits: number;
  readonly closed: boolean;
}

/** How long a blocking call may wait: milliseconds; without it, as long as it takes. */
export interface TimeoutOption {
  readonly timeout?: number;
}

export type { WaitOptions };
