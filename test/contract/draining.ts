import { copy } from 'millrace/ring';
import { expect, test } from 'vitest';
import { type Any, drained, type Make, polled } from './subject.ts';

export function draining(make: Make): void {
  test('drain hands over everything, in order, and says how many', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(2));
    for (const value of values(3, 2)) writer.offer(value);
    const seen: Any[] = [];
    expect(reader.drain((view) => seen.push(copy(view)))).toBe(5);
    expect(seen).toEqual(values(5));
    expect(reader.poll()).toBeUndefined();
  });

  test('drain stops at its maximum, and the rest stays', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    expect(drained(reader, 2)).toEqual(values(2));
    expect(drained(reader, 0)).toEqual([]);
    expect(drained(reader, 1)).toEqual(values(1, 2));
    expect(drained(reader, 100)).toEqual(values(2, 3));
  });

  test('when the callback throws, its message counts as read and the others stay in order', () => {
    const { writer, reader, values, value } = make({ capacity: 5 });
    writer.offerAll(values(5));
    let calls = 0;
    const throwAtThird = () => {
      if (++calls === 3) throw new Error('enough');
    };
    expect(() => reader.drain(throwAtThird)).toThrow('enough');
    expect(calls).toBe(3);
    expect(writer.offerAll(values(4, 5))).toBe(3);
    expect(reader.poll()).toEqual(value(3));
    expect(polled(reader)).toEqual(values(4, 4));
  });

  test('when the callback throws at once, only its message is gone', () => {
    const { writer, reader, values } = make({ capacity: 3 });
    writer.offerAll(values(3));
    for (let i = 0; i < 2; i++) {
      expect(() =>
        reader.drain(() => {
          throw new Error('no');
        }),
      ).toThrow('no');
    }
    expect(polled(reader)).toEqual(values(1, 2));
  });

  test('reading within the callback is refused, and harms nothing', () => {
    const { writer, reader, values } = make({ capacity: 3 });
    writer.offerAll(values(3));
    const refused = expect.objectContaining({ code: 'MILLRACE_NESTED_READ' });
    const seen: Any[] = [];
    reader.drain((view) => {
      seen.push(copy(view));
      expect(() => reader.poll()).toThrow(refused);
      expect(() => reader.drain(() => {})).toThrow(refused);
      expect(() => reader.batch()).toThrow(refused);
    });
    expect(seen).toEqual(values(3));
  });

  test('writing within the callback is allowed', () => {
    const { writer, reader, value, values } = make({ capacity: 4 });
    writer.offerAll(values(2));
    reader.drain(() => writer.offer(value(9)), 1);
    expect(polled(reader)).toEqual([value(1), value(9)]);
  });

  test('slots are given back when drain returns, not before', () => {
    const { writer, reader, value, values } = make({ capacity: 2 });
    writer.offerAll(values(2));
    reader.drain(() => expect(writer.offer(value(9))).toBe(false), 2);
    expect(writer.offer(value(9))).toBe(true);
  });

  test('drainSync waits for nothing when there is something, and gives up when its time is over', () => {
    const { writer, reader, values } = make();
    expect(reader.drainSync(() => {}, { timeout: 5 })).toBe(0);
    writer.offerAll(values(3));
    expect(reader.drainSync(() => {}, { timeout: 5, max: 2 })).toBe(2);
    expect(reader.drainSync(() => {})).toBe(1);
  });

  test('drainInto copies as many as the target has room for, and releases them', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    const target: Any[] = new Array(3).fill(null);
    expect(reader.drainInto(target)).toBe(3);
    expect(target).toEqual(values(3));
    expect(writer.offerAll(values(3, 5))).toBe(3);
    expect(reader.drainInto(target)).toBeGreaterThan(0);
    expect(target[0]).toEqual(values(1, 3)[0]);
  });

  test('drainIntoSync waits for nothing when there is something, and gives up when its time is over', () => {
    const { writer, reader, values } = make();
    const target: Any[] = new Array(2).fill(null);
    expect(reader.drainIntoSync(target, { timeout: 5 })).toBe(0);
    writer.offerAll(values(3));
    expect(reader.drainIntoSync(target)).toBe(2);
    expect(target).toEqual(values(2));
    expect(reader.drainIntoSync(target, { timeout: 5 })).toBe(1);
    expect(target[0]).toEqual(values(1, 2)[0]);
  });
}
