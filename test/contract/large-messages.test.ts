import {
  bytes,
  CorruptRingError,
  MessageTooLargeError,
  mpmc,
  mpsc,
  OptionError,
  spmc,
  spsc,
  utf8,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';

const SLOT_SIZE = 16;
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

describe.each([
  ['spsc', spsc],
  ['mpsc', mpsc],
  ['spmc', spmc],
  ['mpmc', mpmc],
] as const)('large messages in a ring %s', (_topology, create) => {
  test('a message of exactly the maximum fits, one byte more is refused and nothing is written', async () => {
    const ring = create(bytes, { capacity: 8, slotSize: SLOT_SIZE, maxMessageSize: 100 });
    const { writer, reader } = ring;
    expect(writer.offer(filled(100, 1))).toBe(true);
    const before = new Uint8Array(ring.handle.buffer).slice();
    expect(() => writer.offer(filled(101, 2))).toThrow(MessageTooLargeError);
    expect(() => writer.putSync(filled(101, 2))).toThrow(
      expect.objectContaining({ code: 'MILLRACE_TOO_LARGE' }),
    );
    await expect(writer.put(filled(5000, 2))).rejects.toThrow(/100 bytes/);
    expect(new Uint8Array(ring.handle.buffer)).toEqual(before);
    expect(() => writer.offerAll([filled(1, 3), filled(101, 2)])).toThrow(MessageTooLargeError);
    expect(reader.poll()).toEqual(filled(100, 1));
    expect(reader.poll()).toBeUndefined();
  });

  test('a batch that drops what does not fit writes the smaller messages behind it', () => {
    const ring = create(bytes, { capacity: 4, slotSize: SLOT_SIZE, overflow: 'drop-newest' });
    const { writer, reader } = ring;
    expect(writer.offerAll([3, 2, 1, 1].map((slots, i) => filled(slots * SLOT_SIZE, i)))).toBe(4);
    expect(ring.stats()).toMatchObject({ written: 2, dropped: 2 });
    expect([reader.poll(), reader.poll()]).toEqual([filled(3 * SLOT_SIZE, 0), filled(SLOT_SIZE, 2)]);
    expect(reader.poll()).toBeUndefined();
  });

  test('a message may be as large as the whole ring, wherever it begins', () => {
    const { writer, reader } = create(bytes, {
      capacity: 5,
      slotSize: SLOT_SIZE,
      maxMessageSize: 5 * SLOT_SIZE,
    });
    for (let i = 0; i < 30; i++) {
      const small = i % 3;
      for (let n = 0; n < small; n++) {
        writer.offer(filled(1, n));
        reader.poll();
      }
      expect(writer.offer(filled(5 * SLOT_SIZE, i))).toBe(true);
      expect(writer.offer(filled(0, 0))).toBe(false);
      expect(reader.poll()).toEqual(filled(5 * SLOT_SIZE, i));
    }
  });

  test('neighbours stay as they are, whatever the lengths', () => {
    const { writer, reader } = create(bytes, { capacity: 16, slotSize: SLOT_SIZE, maxMessageSize: 64 });
    for (let round = 0; round < 40; round++) {
      const lengths = [round % 65, (round * 7) % 65, (round * 13) % 65];
      const messages = lengths.map((length, i) => filled(length, round + i));
      for (const message of messages) expect(writer.offer(message)).toBe(true);
      for (const message of messages) expect(reader.poll()).toEqual(message);
    }
  });

  test('an empty message is a message', () => {
    const { writer, reader } = create(utf8(), { capacity: 2 });
    expect(writer.offerAll(['', '', ''])).toBe(2);
    expect([reader.poll(), reader.poll(), reader.poll()]).toEqual(['', '', undefined]);
  });

  test('the length counts in bytes, not in characters', () => {
    const { writer, reader } = create(utf8(), { capacity: 4, slotSize: SLOT_SIZE, maxMessageSize: 30 });
    expect(writer.offer('€'.repeat(10))).toBe(true);
    expect(writer.offer('x'.repeat(30))).toBe(true);
    expect(() => writer.offer('€'.repeat(11))).toThrow(MessageTooLargeError);
    expect([reader.poll(), reader.poll()]).toEqual(['€'.repeat(10), 'x'.repeat(30)]);
  });

  test('a message of several slots waits until all of them are free', async () => {
    const { writer, reader } = create(bytes, { capacity: 4, slotSize: SLOT_SIZE });
    for (let i = 0; i < 4; i++) writer.offer(filled(1, i));
    const put = writer.put(filled(3 * SLOT_SIZE, 9));
    expect(reader.poll()).toEqual(filled(1, 0));
    expect(reader.poll()).toEqual(filled(1, 1));
    const early = await Promise.race([
      put.then(() => 'written'),
      new Promise((r) => setTimeout(r, 5, 'waits')),
    ]);
    expect(early).toBe('waits');
    expect(reader.poll()).toEqual(filled(1, 2));
    await put;
    expect([reader.poll(), reader.poll()]).toEqual([filled(1, 3), filled(3 * SLOT_SIZE, 9)]);
  });

  test('a length scribbled over is found before anything is read by it', () => {
    for (const scribbled of [-1, 65, 2 ** 31 - 1, -(2 ** 31)]) {
      const ring = create(bytes, { capacity: 8, slotSize: SLOT_SIZE, maxMessageSize: 64 });
      ring.writer.offer(filled(37, 5));
      const words = new Int32Array(ring.handle.buffer);
      const at = words.indexOf(37);
      expect(words.indexOf(37, at + 1)).toBe(-1);
      words[at] = scribbled;
      expect(() => ring.reader.poll(), `poll, ${scribbled}`).toThrow(CorruptRingError);
    }
  });

  test('a length scribbled over is found by drain and batches too', () => {
    for (const scribbled of [-1, 65]) {
      const ring = create(bytes, { capacity: 8, slotSize: SLOT_SIZE, maxMessageSize: 64 });
      ring.writer.offer(filled(37, 5));
      const words = new Int32Array(ring.handle.buffer);
      words[words.indexOf(37)] = scribbled;
      const corrupt = expect.objectContaining({ name: 'CorruptRingError', code: 'MILLRACE_CORRUPT' });
      expect(() => ring.reader.drain(() => expect.unreachable())).toThrow(corrupt);
    }
  });
});

test.each([
  [{ capacity: -1 }, 'capacity'],
  [{ capacity: 1.5 }, 'capacity'],
  [{ capacity: Number.NaN }, 'capacity'],
  [{ capacity: 2 ** 27 + 1 }, 'capacity'],
  [{ capacity: '4' }, 'capacity'],
  [{ slotSize: 12 }, 'slotSize'],
  [{ slotSize: 0 }, 'slotSize'],
  [{ maxMessageSize: 0 }, 'maxMessageSize'],
  [{ capacity: 2, slotSize: 8, maxMessageSize: 17 }, 'maxMessageSize'],
  [{ overflow: 'drop' }, 'overflow'],
  [{ wait: 'sleep' }, 'wait'],
  [{ capcity: 4 }, 'capcity'],
  [{ codec: 'x' }, 'codec'],
])('the options %o are refused, naming the one that is wrong', (options, option) => {
  for (const create of [spsc, mpsc, spmc, mpmc]) {
    expect(() => create(utf8(), options as never)).toThrow(OptionError);
    expect(() => create(utf8(), options as never)).toThrow(
      expect.objectContaining({ code: 'MILLRACE_OPTION', option }),
    );
  }
});
