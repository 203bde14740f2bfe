import { expect, test } from 'vitest';
import { drained, type Make, polled } from './subject.ts';

/** Sequences near the places where an int32 changes its sign, or where a part of one overflows. */
const STARTS = [2 ** 31 - 5, -5, 2 ** 29 - 5, 2 ** 30 - 5, -(2 ** 29) - 5, -(2 ** 30) - 5, 2 ** 25 - 5];

export function wrapping(make: Make): void {
  test.each(STARTS)('order and capacity hold across the wrap when sequences begin at %i', (firstSequence) => {
    for (const capacity of [1, 3, 4, 70]) {
      const { writer, reader, value, values } = make({ capacity, firstSequence });
      for (let round = 0; round < 8; round++) {
        const first = round * capacity;
        for (let i = 0; i < capacity; i++) expect(writer.offer(value(first + i))).toBe(true);
        expect(writer.offer(value(0))).toBe(false);
        expect(round % 2 === 0 ? polled(reader) : drained(reader)).toEqual(values(capacity, first));
        expect(reader.poll()).toBeUndefined();
      }
    }
  });

  test.each(STARTS)('batches go across the wrap when sequences begin at %i', (firstSequence) => {
    const { writer, reader, values } = make({ capacity: 16, firstSequence });
    for (let round = 0; round < 4; round++) {
      expect(writer.offerAll(values(20, round))).toBe(16);
      expect(drained(reader)).toEqual(values(16, round));
    }
  });

  test.each([2 ** 31 - 3, -3])('close and drain go across the wrap at %i', (firstSequence) => {
    const { ring, writer, reader, values } = make({ capacity: 5, firstSequence });
    writer.offerAll(values(5));
    ring.close();
    expect(polled(reader)).toEqual(values(5));
    expect(reader.ended).toBe(true);
  });
}
