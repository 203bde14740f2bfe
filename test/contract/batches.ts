import { copy } from 'millrace/ring';
import { expect, test } from 'vitest';
import { type Make, polled } from './subject.ts';

export function batches(make: Make): void {
  test('a batch shows what is there, in order', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    const batch = reader.batch();
    expect(Array.from(batch ?? [], (view) => copy(view))).toEqual(values(5));
    batch?.release();
    expect(reader.batch()).toBeUndefined();
  });

  test('a batch has at most as many as asked for', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    const batch = reader.batch(2);
    expect(Array.from(batch ?? [], (view) => copy(view))).toEqual(values(2));
    batch?.release();
    expect(polled(reader)).toEqual(values(3, 2));
  });

  test('a batch of at most none is no batch', () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(2));
    expect(reader.batch(0)).toBeUndefined();
    expect(polled(reader)).toEqual(values(2));
  });

  test('release counts all of a batch as read, looked at or not', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    const batch = reader.batch(3);
    for (const _ of batch ?? []) break;
    batch?.release();
    expect(polled(reader)).toEqual(values(2, 3));
  });

  test('release(false) counts only what was looked at', () => {
    const { writer, reader, values } = make({ capacity: 5 });
    writer.offerAll(values(5));
    const batch = reader.batch();
    let seen = 0;
    for (const _ of batch ?? []) if (++seen === 2) break;
    batch?.release(false);
    expect(polled(reader)).toEqual(values(3, 2));
  });

  test('release(false) of a batch nobody looked at changes nothing', () => {
    const { writer, reader, values } = make({ capacity: 3 });
    writer.offerAll(values(3));
    reader.batch()?.release(false);
    expect(polled(reader)).toEqual(values(3));
  });

  test('what was given back comes first, and then what was written since', () => {
    const { writer, reader, values } = make({ capacity: 4 });
    writer.offerAll(values(3));
    reader.batch()?.release(false);
    writer.offerAll(values(1, 3));
    const seen: unknown[] = [];
    while (reader.drain((view) => seen.push(copy(view))) > 0);
    expect(seen).toEqual(values(4));
  });

  test('nothing else can be read while a batch is open', () => {
    const { writer, reader, values } = make();
    writer.offerAll(values(2));
    const batch = reader.batch();
    const refused = expect.objectContaining({ code: 'MILLRACE_NESTED_READ' });
    expect(() => reader.poll()).toThrow(refused);
    expect(() => reader.batch()).toThrow(refused);
    expect(() => reader.takeSync({ timeout: 1 })).toThrow(refused);
    batch?.release();
    expect(reader.poll()).toBeUndefined();
  });

  test('slots are given back at release, not before', () => {
    const { writer, reader, value, values } = make({ capacity: 2 });
    writer.offerAll(values(2));
    const batch = reader.batch();
    for (const _ of batch ?? []) expect(writer.offer(value(9))).toBe(false);
    batch?.release();
    expect(writer.offer(value(9))).toBe(true);
  });

  test('releasing a second time does nothing, whatever was read in between', () => {
    const { ring, writer, reader, value, values } = make({ capacity: 4 });
    writer.offerAll(values(2));
    const batch = reader.batch();
    batch?.release();
    writer.offerAll(values(3, 2));
    expect(reader.poll()).toEqual(value(2));
    batch?.release();
    batch?.release(false);
    expect(polled(reader)).toEqual(values(2, 3));
    expect(ring.stats()).toMatchObject({ written: 5, read: 5, depth: 0 });
    expect(writer.offerAll(values(5))).toBe(4);
  });

  test('releasing a batch of the past within drain does nothing', () => {
    const { writer, reader, values } = make({ capacity: 4 });
    writer.offerAll(values(1));
    const batch = reader.batch();
    batch?.release();
    writer.offerAll(values(4, 1));
    const seen: unknown[] = [];
    reader.drain((view) => {
      seen.push(copy(view));
      batch?.release();
    });
    expect(seen).toEqual(values(4, 1));
  });

  test('an iterator kept from a released batch is at its end', () => {
    const { writer, reader, values } = make({ capacity: 4 });
    writer.offerAll(values(2));
    const batch = reader.batch();
    const kept = batch?.[Symbol.iterator]();
    batch?.release();
    writer.offerAll(values(2, 2));
    expect(kept?.next().done).toBe(true);
    expect(polled(reader)).toEqual(values(2, 2));
  });

  test('disposing of a batch releases all of it', () => {
    const { writer, reader, values } = make({ capacity: 2 });
    writer.offerAll(values(2));
    reader.batch()?.[Symbol.dispose]();
    expect(reader.poll()).toBeUndefined();
  });
}
