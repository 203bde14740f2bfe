import { expect, test } from 'vitest';
import { drained, type Make, polled } from './subject.ts';

const closed = expect.objectContaining({ name: 'ClosedError', code: 'MILLRACE_CLOSED' });

export function closing(make: Make): void {
  test.each(['ring', 'writer', 'reader'] as const)('close of the %s refuses writers', async (end) => {
    const { ring, writer, reader, value, values } = make();
    ({ ring, writer, reader })[end].close();
    expect(ring.closed).toBe(true);
    expect(writer.closed).toBe(true);
    expect(() => writer.offer(value(1))).toThrow(closed);
    expect(() => writer.offerAll(values(2))).toThrow(closed);
    expect(() => writer.putSync(value(1))).toThrow(closed);
    await expect(writer.put(value(1))).rejects.toEqual(closed);
  });

  test('a full ring refuses its writer with ClosedError too', async () => {
    const { ring, writer, value, values } = make({ capacity: 2 });
    writer.offerAll(values(2));
    ring.close();
    expect(() => writer.offer(value(1))).toThrow(closed);
    expect(() => writer.offerAll(values(2))).toThrow(closed);
    expect(() => writer.putSync(value(1), { timeout: 1 })).toThrow(closed);
    await expect(writer.put(value(1))).rejects.toEqual(closed);
  });

  test('the writer stays refused when room comes after the close', () => {
    const { ring, writer, reader, value, values } = make({ capacity: 2 });
    writer.offerAll(values(2));
    expect(writer.offer(value(2))).toBe(false);
    ring.close();
    expect(reader.poll()).toEqual(value(0));
    expect(() => writer.offer(value(2))).toThrow(closed);
    expect(polled(reader)).toEqual(values(1, 1));
    expect(() => writer.offer(value(2))).toThrow(closed);
    expect(reader.poll()).toBeUndefined();
  });

  test('readers get everything that was written before, and then the end', async () => {
    const { ring, writer, reader, value, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    ring.close();
    expect(reader.ended).toBe(false);
    expect(reader.poll()).toEqual(value(0));
    expect(await reader.take()).toEqual(value(1));
    expect(reader.takeSync()).toEqual(value(2));
    expect(drained(reader)).toEqual(values(2, 3));
    expect(reader.ended).toBe(true);
    expect(reader.poll()).toBeUndefined();
    expect(reader.drain(() => {})).toBe(0);
    expect(reader.drainSync(() => {})).toBe(0);
    expect(reader.batch()).toBeUndefined();
    expect(() => reader.takeSync()).toThrow(closed);
    await expect(reader.take()).rejects.toEqual(closed);
  });

  test('closing a second time changes nothing', () => {
    const { ring, writer, reader, values } = make();
    writer.offerAll(values(2));
    ring.close();
    ring.close();
    writer.close();
    reader.fail(new Error('too late to fail'));
    expect(polled(reader)).toEqual(values(2));
    expect(reader.poll()).toBeUndefined();
    expect(() => reader.takeSync()).toThrow(closed);
  });

  test('close wakes every take and put that waits in this thread', async () => {
    const empty = make();
    const full = make({ capacity: 2 });
    full.writer.offerAll(full.values(2));
    const waits = [
      empty.reader.take(),
      empty.reader.take(),
      full.writer.put(full.value(2)),
      full.writer.put(full.value(3)),
    ];
    const outcomes = Promise.allSettled(waits);
    empty.ring.close();
    full.ring.close();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: closed });
    expect(polled(full.reader)).toEqual(full.values(2));
  });

  test('close ends a for await that waits', async () => {
    const { ring, reader } = make();
    const reading = (async () => {
      for await (const _ of reader) expect.unreachable();
      return 'ended';
    })();
    await Promise.resolve();
    ring.close();
    expect(await reading).toBe('ended');
  });

  test.each(['ring', 'writer', 'reader'] as const)('disposing of the %s closes', (end) => {
    const { ring, writer, reader } = make();
    ({ ring, writer, reader })[end][Symbol.dispose]();
    expect(ring.closed).toBe(true);
  });

  test.each(['writer', 'reader'] as const)('disposing of the %s asynchronously closes', async (end) => {
    const { ring, writer, reader } = make();
    await { writer, reader }[end][Symbol.asyncDispose]();
    expect(ring.closed).toBe(true);
  });
}
