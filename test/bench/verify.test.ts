import { describe, expect, test } from 'vitest';
import { PAYLOADS } from '../../bench/payloads/index.ts';
import { faultOf, type Tally, verifierFor } from '../../bench/payloads/verify.ts';

const { number, tick } = PAYLOADS;

/** What a consumer of 1P1C says about these values. */
function inSequence(payload: typeof number, values: readonly unknown[]): Tally {
  const verifier = verifierFor(payload, 1, 1);
  for (const value of values) verifier.see(value);
  return verifier.tally();
}

/** What consumers of two producers say about the values that each of them got. */
function fromTwo(...consumers: readonly (readonly unknown[])[]): Tally[] {
  return consumers.map((values) => {
    const verifier = verifierFor(number, 2, consumers.length);
    for (const value of values) verifier.see(value);
    return verifier.tally();
  });
}

const numbers = (producer: number, ...sequences: number[]): unknown[] =>
  sequences.map((sequence) => number.make(producer, sequence));

describe.each(Object.values(PAYLOADS))('messages of payload $name', (payload) => {
  const sent = [0, 1, 2, 3].map((sequence) => payload.make(0, sequence, sequence));

  test('in sequence are fine', () => {
    expect(faultOf([inSequence(payload, sent)], 1, 4)).toBeUndefined();
  });

  test.each([
    ['lost', [sent[0], sent[2], sent[3]]],
    ['lost at the end', sent.slice(0, 3)],
    ['doubled', [sent[0], sent[1], sent[1], sent[2]]],
    ['swapped', [sent[0], sent[2], sent[1], sent[3]]],
  ])('%s are found', (_, received) => {
    expect(faultOf([inSequence(payload, received)], 1, 4)).toBeDefined();
  });

  test('say who sent them and which they are', () => {
    const value = payload.make(1, 123_456_789);
    expect(payload.producerOf(value)).toBe(1);
    expect(payload.sequenceOf(value, 1)).toBe(123_456_789);
    expect(payload.is(value, 1, 123_456_789)).toBe(true);
  });
});

test.each(['id', 'time', 'bid', 'ask', 'size', 'venue', 'symbol'])('a damaged %s is found', (field) => {
  const damaged = { ...(tick.make(0, 0) as object), [field]: 'x' };
  expect(faultOf([inSequence(tick, [damaged])], 1, 1)).toContain('message 0');
});

test.each([0, 3, 4, 7, 30, 60, 63])(
  'bytes damaged at %d are found within as many messages as they have',
  (at) => {
    const bytes = PAYLOADS['bytes-64'];
    const faults = Array.from({ length: 64 }, (_, sequence) => {
      const damaged = (bytes.make(0, sequence) as Uint8Array).slice();
      damaged[at] = (damaged[at] as number) ^ 0x40;
      return bytes.is(damaged, 0, sequence);
    });
    expect(faults).toContain(false);
  },
);

test('bytes that were cut are found', () => {
  const bytes = PAYLOADS['bytes-64'];
  expect(bytes.is((bytes.make(0, 5) as Uint8Array).slice(0, 60), 0, 5)).toBe(false);
});

describe('messages of two producers', () => {
  test('may be split between consumers in any way that keeps the order of each', () => {
    const tallies = fromTwo([...numbers(0, 0, 2), ...numbers(1, 0, 1)], [...numbers(1, 2), ...numbers(0, 1)]);
    expect(faultOf(tallies, 2, 3)).toBeUndefined();
  });

  test.each([
    ['out of order', fromTwo([...numbers(0, 1, 0, 2), ...numbers(1, 0, 1, 2)], [])],
    ['lost', fromTwo(numbers(0, 0, 1), numbers(1, 0, 1, 2))],
    ['read by both', fromTwo(numbers(0, 0, 1, 2), [...numbers(0, 2), ...numbers(1, 0, 1, 2)])],
    ['lost and doubled', fromTwo(numbers(0, 0, 2), [...numbers(0, 2), ...numbers(1, 0, 1, 2)])],
    ['of nobody', fromTwo([...numbers(0, 0, 1, 2), ...numbers(2, 0)], numbers(1, 0, 1, 2))],
  ])('%s are found', (_, tallies) => {
    expect(faultOf(tallies, 2, 3)).toBeDefined();
  });
});
