import { expect, test } from 'vitest';
import { drained, type Make, polled } from './subject.ts';

/** Writing and reading one message at a time. */
export function storing(make: Make): void {
  test('an empty ring yields undefined, again and again', () => {
    const { reader } = make();
    expect(reader.poll()).toBeUndefined();
    expect(reader.poll()).toBeUndefined();
    expect(reader.drain(() => expect.unreachable())).toBe(0);
    expect(reader.batch()).toBeUndefined();
  });

  test('a message comes back as it was written', () => {
    const { writer, reader, value } = make();
    expect(writer.offer(value(7))).toBe(true);
    expect(reader.poll()).toEqual(value(7));
    expect(reader.poll()).toBeUndefined();
  });

  test('messages come in the order they were written', () => {
    const { writer, reader, values } = make({ capacity: 10 });
    for (const value of values(10)) writer.offer(value);
    expect(polled(reader)).toEqual(values(10));
  });

  test.each([1, 2, 3, 5, 1000])('exactly %i messages fit where the capacity says so', (capacity) => {
    const { writer, reader, value, values } = make({ capacity });
    for (const value of values(capacity)) expect(writer.offer(value)).toBe(true);
    expect(writer.offer(value(capacity))).toBe(false);
    expect(polled(reader)).toEqual(values(capacity));
  });

  test('a full ring refuses and changes nothing', () => {
    const { ring, writer, reader, value, values } = make({ capacity: 3 });
    writer.offerAll(values(3));
    const before = new Uint8Array(ring.handle.buffer).slice();
    for (let i = 0; i < 5; i++) expect(writer.offer(value(99 + i))).toBe(false);
    expect(new Uint8Array(ring.handle.buffer)).toEqual(before);
    expect(polled(reader)).toEqual(values(3));
  });

  test('reading one message makes room for one', () => {
    const { writer, reader, value, values } = make({ capacity: 3 });
    writer.offerAll(values(3));
    for (let i = 3; i < 12; i++) {
      expect(reader.poll()).toEqual(value(i - 3));
      expect(writer.offer(value(i))).toBe(true);
      expect(writer.offer(value(i))).toBe(false);
    }
  });

  test('a value from poll does not change when its slot is used again', () => {
    const { writer, reader, value, values } = make({ capacity: 2 });
    writer.offer(value(1));
    const first = reader.poll();
    for (const other of values(8, 50)) {
      writer.offer(other);
      reader.poll();
    }
    expect(first).toEqual(value(1));
  });

  test('offerAll writes what fits, in order, and says how many', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    expect(writer.offerAll(values(3))).toBe(3);
    expect(writer.offerAll(values(4, 3))).toBe(2);
    expect(writer.offerAll(values(2, 9))).toBe(0);
    expect(writer.offerAll([])).toBe(0);
    expect(drained(reader)).toEqual(values(5));
  });

  test('offerAll takes no part of a list in which a value cannot be encoded', () => {
    const { writer, reader, value } = make();
    expect(() => writer.offerAll([value(1), undefined])).toThrow(
      expect.objectContaining({ code: 'MILLRACE_ENCODE' }),
    );
    expect(reader.poll()).toBeUndefined();
  });

  test('a value that cannot be encoded leaves the ring as it was', () => {
    const { writer, reader, value } = make();
    writer.offer(value(1));
    for (const wrong of [undefined, () => {}, Symbol('wrong')]) {
      expect(() => writer.offer(wrong)).toThrow(expect.objectContaining({ code: 'MILLRACE_ENCODE' }));
    }
    writer.offer(value(2));
    expect(polled(reader)).toEqual([value(1), value(2)]);
  });
}
