import { expect, test } from 'vitest';
import { PAYLOADS } from '../../bench/payloads/index.ts';

const ofBytes = Object.values(PAYLOADS).filter(({ rows }) => rows !== undefined);

test.each(ofBytes)('$name has a buffer for each message, since a clone copies all of it', (payload) => {
  const messages = [payload.make(0, 1), payload.make(0, 2, 1)] as Uint8Array[];
  for (const { buffer, byteLength } of messages) expect(buffer.byteLength).toBe(byteLength);
  expect(payload.is(structuredClone(messages[1]), 0, 2)).toBe(true);
});

test.each(ofBytes)('$name makes the same messages as rows', (payload) => {
  const { rows } = payload;
  if (rows === undefined) return expect.unreachable();
  for (let place = 0; place < 3; place++) rows.make(1, 10 + place, place);
  for (let place = 0; place < 3; place++) {
    const row = rows.memory.subarray(place * rows.size, (place + 1) * rows.size);
    expect(payload.is(row, 1, 10 + place)).toBe(true);
  }
});
