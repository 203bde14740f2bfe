/**
 * What is sent, and how the receiver knows that it is whole: every value says which producer made it and which of that
 * producer's messages it is, and everything else in it follows from these two.
 */
export interface Payload<T = unknown> {
  readonly name: PayloadName;
  /** What a table calls it. */
  readonly title: string;
  /**
   * The value that the producer numbered `producer` sends as its message number `sequence`. Bytes stand in a buffer that is
   * used again, as in a program that reads from a socket: values that have to exist at once are made at different
   * places, from 0 to `PLACES` - 1.
   */
  make(producer: number, sequence: number, place?: number): T;
  /** Whether `value` is, in every part, what `make(producer, sequence)` makes. */
  is(value: T, producer: number, sequence: number): boolean;
  /** Bytes only: for queues that take many messages as one piece. */
  readonly rows?: PayloadRows;
  producerOf(value: T): number;
  sequenceOf(value: T, producer: number): number;
}

/**
 * Messages of bytes that stand one behind the other. Those that `Payload.make` makes have a buffer each: a structured clone of a view
 * copies the whole buffer beneath it.
 */
export interface PayloadRows {
  /** Bytes of each message. */
  readonly size: number;
  /** The memory of all places. */
  readonly memory: Uint8Array;
  /** Makes a message at its place. */
  make(producer: number, sequence: number, place: number): void;
}

/** How many values of a producer can exist at once. */
export const PLACES = 256;

export type PayloadName = 'number' | 'bytes-64' | 'bytes-1k' | 'tick' | 'object';
