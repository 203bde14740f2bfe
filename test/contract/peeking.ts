import { expect, test } from 'vitest';
import { type Make, polled } from './subject.ts';

export function peeking(make: Make): void {
  test('peek shows the next message, which stays', () => {
    const { ring, writer, reader, value, values } = make({ capacity: 3 });
    expect(reader.peek()).toBeUndefined();
    for (let first = 0; first < 9; first += 3) {
      writer.offerAll(values(3, first));
      expect([reader.peek(), reader.peek()]).toEqual([value(first), value(first)]);
      expect(writer.offer(value(99))).toBe(false);
      expect(reader.poll()).toEqual(value(first));
      expect(reader.peek()).toEqual(value(first + 1));
      expect(polled(reader)).toEqual(values(2, first + 1));
    }
    expect(ring.stats()).toMatchObject({ written: 9, read: 9, depth: 0 });
  });

  test('peek finds nothing at the end, and is refused while a batch is open', () => {
    const { ring, writer, reader, value } = make();
    writer.offer(value(1));
    const batch = reader.batch();
    expect(() => reader.peek()).toThrow(expect.objectContaining({ code: 'MILLRACE_NESTED_READ' }));
    batch?.abandon();
    ring.close();
    expect(reader.peek()).toEqual(value(1));
    expect(reader.ended).toBe(false);
    expect(polled(reader)).toEqual([value(1)]);
    expect(reader.peek()).toBeUndefined();
  });
}
