import { open, openPriority } from 'millrace/ring';
import { expect, test } from 'vitest';
import { drained, type Make } from './subject.ts';

export function statistics(make: Make): void {
  test('stats count what was written, read and is there', () => {
    const { ring, writer, reader, value, values, depth } = make({ capacity: 5 });
    expect(ring.stats()).toMatchObject({
      depth: 0,
      written: 0,
      read: 0,
      dropped: 0,
      waits: 0,
      closed: false,
    });
    writer.offer(value(0));
    writer.offerAll(values(6, 1));
    expect(ring.stats()).toMatchObject({ depth: depth(5), written: 5, read: 0, dropped: 0 });
    reader.poll();
    drained(reader, 2);
    const batch = reader.batch(1);
    for (const _ of batch ?? []);
    batch?.release();
    expect(ring.stats()).toMatchObject({ depth: depth(1), written: 5, read: 4 });
    drained(reader);
    ring.close();
    expect(ring.stats()).toMatchObject({ depth: 0, written: 5, read: 5, closed: true });
  });

  test('stats count a message whose callback threw as read, and not the ones behind it', () => {
    const { ring, writer, reader, values, depth } = make({ capacity: 5 });
    writer.offerAll(values(5));
    let calls = 0;
    const throwAtSecond = () => {
      if (++calls === 2) throw new Error('enough');
    };
    expect(() => reader.drain(throwAtSecond)).toThrow('enough');
    expect(ring.stats()).toMatchObject({ depth: depth(3), read: 2 });
  });

  test('stats count calls that had to wait', () => {
    const { ring, writer, reader, value } = make({ capacity: 1 });
    reader.takeSync({ timeout: 1 });
    writer.offer(value(0));
    writer.putSync(value(1), { timeout: 1 });
    expect(ring.stats().waits).toBe(2);
  });

  test('stats are the same through another opening of the ring', () => {
    const { ring, writer, values } = make({ capacity: 5 });
    writer.offerAll(values(3));
    const reopen = 'levels' in ring.handle ? (openPriority as unknown as typeof open) : open;
    expect(reopen(structuredCloneOf(ring.handle)).stats()).toEqual(ring.stats());
  });
}

/** As it arrives elsewhere: other objects over the same memory. */
const structuredCloneOf = <T>(handle: T): T => structuredClone(handle);
