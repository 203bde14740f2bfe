import { expect, test } from 'vitest';
import { type Any, type Make, polled } from './subject.ts';

export function filling(make: Make): void {
  test('fill writes every message that its callback sets, in order', () => {
    const { writer, reader, value, values } = make({ capacity: 5 });
    const asked: number[] = [];
    expect(
      writer.fill(3, (slot, i) => {
        asked.push(i);
        slot.set(value(i));
      }),
    ).toBe(3);
    expect(asked).toEqual([0, 1, 2]);
    expect(polled(reader)).toEqual(values(3));
    expect(writer.fill(0, () => expect.unreachable())).toBe(0);
  });

  test('fill goes on over the end of the ring, and writes as many as fit', () => {
    const { writer, reader, value, values } = make({ capacity: 3 });
    for (let first = 0; first < 12; first += 2) {
      writer.offer(value(first));
      expect(writer.fill(9, (slot, i) => slot.set(value(first + 1 + i)))).toBe(2);
      expect(writer.fill(1, (slot) => slot.set(value(99)))).toBe(0);
      expect(polled(reader)).toEqual(values(3, first));
    }
  });

  test('fill shows all its messages at once, after the last', () => {
    const { writer, reader, value, values } = make({ capacity: 3 });
    writer.fill(3, (slot, i) => {
      slot.set(value(i));
      expect(reader.poll()).toBeUndefined();
    });
    expect(polled(reader)).toEqual(values(3));
  });

  test('when the callback of fill throws, nothing was written', () => {
    const { writer, reader, value } = make({ capacity: 3 });
    const fail = (slot: Any, i: number) => {
      if (i === 1) throw new Error('enough');
      slot.set(value(i));
    };
    expect(() => writer.fill(3, fail)).toThrow('enough');
    expect(reader.poll()).toBeUndefined();
    writer.offer(value(7));
    expect(polled(reader)).toEqual([value(7)]);
  });

  test('fill refuses a write within its callback, and a count that is none', () => {
    const { writer, reader, value } = make({ capacity: 3 });
    const nested = expect.objectContaining({ code: 'MILLRACE_NESTED_WRITE' });
    writer.fill(1, (slot) => {
      expect(() => writer.offer(value(2))).toThrow(nested);
      slot.set(value(1));
    });
    expect(polled(reader)).toEqual([value(1)]);
    const option = expect.objectContaining({ code: 'MILLRACE_OPTION' });
    for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => writer.fill(count, () => {})).toThrow(option);
    }
    expect(reader.poll()).toBeUndefined();
  });

  test('fill counts what drop-newest drops', () => {
    const { ring, writer, reader, value, values } = make({ capacity: 2, overflow: 'drop-newest' });
    expect(writer.fill(5, (slot, i) => slot.set(value(i)))).toBe(5);
    expect(ring.stats().dropped).toBe(3);
    expect(polled(reader)).toEqual(values(2));
  });
}
