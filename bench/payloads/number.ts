import type { Payload } from './payload.ts';

/** More than any producer sends in one phase; both numbers together have to stay exact in a float64. */
const PRODUCER_STEP = 2 ** 40;

/**
 * A number of 8 bytes. The half makes it a float64 everywhere: no engine can keep it as a small integer, and no
 * serialiser can shorten it.
 */
export const number: Payload<number> = {
  name: 'number',
  title: '8-byte numbers',
  make: (producer, sequence) => producer * PRODUCER_STEP + sequence + 0.5,
  is: (value, producer, sequence) => value === producer * PRODUCER_STEP + sequence + 0.5,
  producerOf: (value) => Math.floor(value / PRODUCER_STEP),
  sequenceOf: (value, producer) => value - producer * PRODUCER_STEP - 0.5,
};
