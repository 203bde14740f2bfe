import { expect, test } from 'vitest';
import {
  type DeadLetterInfo,
  deadLetterHeaders,
  deadLetterOf,
  describeFailure,
  withoutDeadLetter,
} from '../../../dist/cluster/delivery/dead-letter.js';

const letter: DeadLetterInfo = {
  topic: 'orders',
  partition: 3,
  offset: 2 ** 40,
  group: 'billing',
  reason: 'error',
  ...describeFailure(new RangeError('too much')),
  attempts: 5,
  deaths: 1,
  thread: 4,
  at: 1_800_000_000_000,
};

test('a dead letter says why, and becomes the message again', () => {
  const headers = deadLetterHeaders(letter, { tenant: 'ada' });
  expect(deadLetterOf(headers)).toEqual({ ...letter, stack: letter.stack?.slice(0, 2048) });
  expect(deadLetterOf(headers)?.error).toBe('RangeError: too much');
  expect(withoutDeadLetter(headers)).toEqual({ tenant: 'ada' });
  expect(withoutDeadLetter(deadLetterHeaders(letter))).toBeUndefined();
});

test('a message that is not a dead letter is not taken for one', () => {
  expect(deadLetterOf(undefined)).toBeUndefined();
  expect(deadLetterOf({ tenant: 'ada' })).toBeUndefined();
});

test('anything may be thrown', () => {
  expect(describeFailure('out of luck')).toEqual({ error: 'out of luck' });
  const { stack, ...rest } = letter;
  expect(deadLetterOf(deadLetterHeaders({ ...rest, error: undefined }))?.error).toBeUndefined();
  expect(stack).toContain('RangeError');
});
