import { copy } from 'millrace/ring';
import { expect, test } from 'vitest';
import { type Any, type Make, polled } from './subject.ts';

export function iterating(make: Make): void {
  test('for…of ends when the ring is closed and everything was read', () => {
    const { ring, writer, reader, values } = make();
    writer.offerAll(values(3));
    ring.close();
    expect([...reader]).toEqual(values(3));
    expect([...reader]).toEqual([]);
  });

  test('for…of of a ring closed empty has no turn', () => {
    const { ring, reader } = make();
    ring.close();
    expect([...reader]).toEqual([]);
  });

  test('for…of that is left early keeps the rest', () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(3));
    for (const value of reader) {
      expect(value).toEqual(values(1)[0]);
      break;
    }
    expect(polled(reader)).toEqual(values(2, 1));
  });

  test('for await gives what is there as one batch, and ends with the ring', async () => {
    const { ring, writer, reader, values } = make();
    writer.offerAll(values(3));
    ring.close();
    const seen: Any[][] = [];
    for await (const batch of reader) seen.push(Array.from(batch, (view) => copy(view)));
    expect(seen).toEqual([values(3)]);
  });

  test('for await waits for messages that come later', async () => {
    const { ring, writer, reader, values } = make({ capacity: 2 });
    const writing = (async () => {
      for (const value of values(9)) await writer.put(value);
      ring.close();
    })();
    const seen: Any[] = [];
    for await (const batch of reader) for (const view of batch) seen.push(copy(view));
    await writing;
    expect(seen).toEqual(values(9));
  });

  test('for await that is left early keeps what was not looked at', async () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(4));
    for await (const batch of reader) {
      let seen = 0;
      for (const _ of batch) if (++seen === 2) break;
      break;
    }
    expect(polled(reader)).toEqual(values(2, 2));
  });

  test('for await whose body throws keeps what was not looked at', async () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(4));
    const reading = async () => {
      for await (const batch of reader) for (const _ of batch) throw new Error('handler');
    };
    await expect(reading()).rejects.toThrow('handler');
    expect(polled(reader)).toEqual(values(3, 1));
  });

  test('for await goes on after a batch nobody looked into, with all of it read', async () => {
    const { ring, writer, reader, values } = make();
    writer.offerAll(values(3));
    const batches = reader[Symbol.asyncIterator]();
    await batches.next();
    const next = batches.next();
    writer.offerAll(values(1, 3));
    const { value: batch } = await next;
    expect(Array.from(batch ?? [], (view) => copy(view))).toEqual(values(1, 3));
    ring.close();
    expect((await batches.next()).done).toBe(true);
  });
}
