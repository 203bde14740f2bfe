/**
 * What is sent, and how the receiver knows that it is whole: every value says which producer made it and which of that
 * producer's messages it is, and everything else in it follows from these two.
 */
export interface Payload<T = unknown> {
  readonly name: PayloadName;
  /** What a table calls it. */
  readonly title: string;
  /** The value that the producer numbered `producer` sends as its message number `sequence`; made anew at each call. */
  make(producer: number, sequence: number): T;
  /** Whether `value` is, in every part, what `make(producer, sequence)` makes. */
  is(value: T, producer: number, sequence: number): boolean;
  producerOf(value: T): number;
  sequenceOf(value: T, producer: number): number;
}

export type PayloadName = 'number' | 'tick';
