import { copy, FullError } from 'millrace/ring';
import { expect, test } from 'vitest';
import { drained, type Make, polled } from './subject.ts';

export function overflowing(make: Make): void {
  test('strict: offer says false, put and putSync throw FullError, and nothing is written', async () => {
    const { ring, writer, reader, value, values } = make({ capacity: 2, overflow: 'strict' });
    writer.offerAll(values(2));
    expect(writer.offer(value(2))).toBe(false);
    expect(() => writer.putSync(value(2))).toThrow(FullError);
    await expect(writer.put(value(2))).rejects.toMatchObject({ name: 'FullError', code: 'MILLRACE_FULL' });
    expect(writer.offerAll(values(2, 2))).toBe(0);
    expect(polled(reader)).toEqual(values(2));
    expect(ring.stats().dropped).toBe(0);
    await writer.put(value(3));
    expect(reader.poll()).toEqual(value(3));
  });

  test('drop-newest: what does not fit vanishes, and is counted', async () => {
    const { ring, writer, reader, value, values, depth } = make({ capacity: 2, overflow: 'drop-newest' });
    for (const each of values(3)) expect(writer.offer(each)).toBe(true);
    await writer.put(value(3));
    expect(writer.putSync(value(4))).toBe(true);
    expect(ring.stats()).toMatchObject({ written: 2, dropped: 3, depth: depth(2) });
    expect(polled(reader)).toEqual(values(2));
    expect(writer.offerAll(values(5, 10))).toBe(5);
    expect(ring.stats()).toMatchObject({ written: 4, dropped: 6, read: 2, depth: depth(2) });
    expect(drained(reader)).toEqual(values(2, 10));
  });

  test('drop-oldest: what is oldest makes room, and is counted', async () => {
    const { ring, writer, reader, value, values, depth } = make({ capacity: 3, overflow: 'drop-oldest' });
    for (const each of values(5)) expect(writer.offer(each)).toBe(true);
    expect(ring.stats()).toMatchObject({ dropped: 2, depth: depth(3) });
    expect(reader.poll()).toEqual(value(2));
    await writer.put(value(5));
    await writer.put(value(6));
    expect(polled(reader)).toEqual(values(3, 4));
    expect(ring.stats()).toMatchObject({ dropped: 3, read: 4, depth: 0 });
    expect(writer.offerAll(values(10, 20))).toBe(10);
    expect(drained(reader)).toEqual(values(3, 27));
  });

  test('drop-oldest: a message that is being read is not dropped', () => {
    const { ring, writer, reader, value, values, depth } = make({ capacity: 2, overflow: 'drop-oldest' });
    writer.offerAll(values(2));
    const batch = reader.batch();
    expect(writer.offer(value(2))).toBe(true);
    expect(Array.from(batch ?? [], (view) => copy(view))).toEqual(values(2));
    batch?.release();
    // A subscriber has its own copy of the message, so there is room for the new one.
    const dropped = ring.topology === 'broadcast' ? 0 : 1;
    expect(ring.stats()).toMatchObject({ read: 2, dropped, depth: depth(1 - dropped) });
  });

  test.each(['strict', 'drop-newest', 'drop-oldest'] as const)('%s: a closed ring refuses', (overflow) => {
    const { ring, writer, reader, value } = make({ capacity: 1, overflow });
    writer.offer(value(0));
    ring.close();
    expect(() => writer.offer(value(1))).toThrow(expect.objectContaining({ code: 'MILLRACE_CLOSED' }));
    expect(polled(reader)).toEqual([value(0)]);
  });
}
