import type { Payload } from './payload.ts';

/** What many programs send: an id, a short text, a time. */
export interface Small {
  readonly id: number;
  readonly name: string;
  readonly ts: number;
}

/** Identifiers are 32 bits: the producer, of at most 8, and 29 bits of sequence. */
const PRODUCER_STEP = 2 ** 29;

const NAMES: readonly string[] = Array.from({ length: 64 }, (_, i) => `customer-${1000 + i}`);
const nameOf = (sequence: number): string => NAMES[sequence & 63] as string;

/** Milliseconds since 1970, a whole number as `Date.now()` gives it. */
const timeOf = (sequence: number): number => 1_700_000_000_000 + sequence;

export const object: Payload<Small> = {
  name: 'object',
  title: 'small objects { id, name, ts }',
  make: (producer, sequence) => ({
    id: producer * PRODUCER_STEP + sequence,
    name: nameOf(sequence),
    ts: timeOf(sequence),
  }),
  is: (value, producer, sequence) =>
    value.id === producer * PRODUCER_STEP + sequence &&
    value.name === nameOf(sequence) &&
    value.ts === timeOf(sequence),
  producerOf: (value) => Math.floor(value.id / PRODUCER_STEP),
  sequenceOf: (value, producer) => value.id - producer * PRODUCER_STEP,
};
