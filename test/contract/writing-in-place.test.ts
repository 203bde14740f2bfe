import {
  type BroadcastRing,
  broadcast,
  bytes,
  mpmc,
  mpsc,
  type Ring,
  spmc,
  spsc,
  struct,
  u32,
  utf8,
} from 'millrace/ring';
import { describe, expect, test } from 'vitest';

type Bytes = Ring<Uint8Array>;

const makers = { spsc, mpsc, spmc, mpmc, broadcast };
const readerOf = (ring: Bytes) =>
  ring.topology === 'broadcast'
    ? (ring as BroadcastRing<Uint8Array, Uint8Array>).subscribe({ from: 'oldest' })
    : ring.reader;

describe.each(Object.entries(makers))('claims of a %s ring', (_, create) => {
  const make = (options: object = {}) => {
    const ring = create(bytes, { capacity: 8, slotSize: 8, ...options }) as Bytes;
    return { ring, writer: ring.writer, reader: readerOf(ring) };
  };
  const claimOf = ({ writer }: { writer: Bytes['writer'] }, size: number) => {
    const claim = writer.claim(size);
    if (claim === undefined) throw new Error('no room');
    return claim;
  };

  test('are written in place, shortened, and published, round the ring', () => {
    const subject = make();
    for (let i = 0; i < 40; i++) {
      const claim = claimOf(subject, 30);
      expect(claim.bytes).toHaveLength(30);
      claim.bytes.fill(i);
      expect(subject.reader.poll()).toBeUndefined();
      expect(claim.publish(i % 31)).toBe(true);
      expect(subject.reader.poll()).toEqual(new Uint8Array(i % 31).fill(i));
    }
    claimOf(subject, 3).publish();
    expect(subject.reader.poll()).toHaveLength(3);
    claimOf(subject, 0).publish();
    expect(subject.reader.poll()).toHaveLength(0);
  });

  test('that are aborted leave nothing behind', () => {
    const subject = make();
    claimOf(subject, 64).abort();
    {
      using claim = claimOf(subject, 64);
      claim.bytes.fill(1);
    }
    expect(subject.reader.poll()).toBeUndefined();
    expect(subject.writer.offer(new Uint8Array(64))).toBe(true);
    expect(subject.reader.poll()).toHaveLength(64);
  });

  test('are undefined when the ring is full', () => {
    const subject = make();
    subject.writer.offer(new Uint8Array(40));
    expect(subject.writer.claim(25)).toBeUndefined();
    claimOf(subject, 24).publish();
    expect(subject.writer.claim(1)).toBeUndefined();
    expect(subject.reader.poll()).toHaveLength(40);
    claimOf(subject, 40).abort();
  });

  test('hold off other writes until they end, and can end once', () => {
    const subject = make();
    const claim = claimOf(subject, 8);
    const nested = expect.objectContaining({ code: 'MILLRACE_NESTED_WRITE' });
    expect(() => subject.writer.offer(new Uint8Array(1))).toThrow(nested);
    expect(() => subject.writer.claim(1)).toThrow(nested);
    expect(() => claim.publish(9)).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
    expect(claim.publish(4)).toBe(true);
    claim.abort();
    expect(() => claim.publish()).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
    expect(subject.reader.poll()).toHaveLength(4);
    expect(subject.reader.poll()).toBeUndefined();
  });

  test('are refused when they are too large, no size, or of another codec', () => {
    const { writer } = make({ maxMessageSize: 32 });
    expect(() => writer.claim(33)).toThrow(expect.objectContaining({ code: 'MILLRACE_TOO_LARGE' }));
    expect(() => writer.claim(-1)).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
    const numbers = create(u32, { capacity: 8 });
    expect(() => numbers.writer.claim(4)).toThrow(expect.objectContaining({ code: 'MILLRACE_UNSUPPORTED' }));
  });

  test('of a ring that was closed throw, and so does claiming', () => {
    const subject = make();
    const claim = claimOf(subject, 8);
    subject.ring.close();
    const closed = expect.objectContaining({ code: 'MILLRACE_CLOSED' });
    expect(() => claim.publish()).toThrow(closed);
    expect(() => subject.writer.claim(200)).toThrow(expect.anything());
    expect(() => subject.writer.offer(new Uint8Array(1))).toThrow(closed);
    expect(subject.reader.poll()).toBeUndefined();
  });

  test('of bytes of fixed size have that size', () => {
    const ring = create(bytes(16), { capacity: 2 }) as Bytes;
    const reader = readerOf(ring);
    const claim = ring.writer.claim(16);
    claim?.bytes.fill(5);
    expect(() => claim?.publish(15)).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
    expect(claim?.publish()).toBe(true);
    expect(reader.poll()).toEqual(new Uint8Array(16).fill(5));
    expect(() => ring.writer.claim(8)).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
  });
});

test.each(Object.entries(makers))('fill of a %s ring throws for a message that was not set', (_, create) => {
  for (const codec of [u32, bytes]) {
    const { writer } = create(codec as typeof u32, { capacity: 8 }) as Ring<unknown>;
    expect(() =>
      writer.fill(2, (slot, i) => i === 0 && slot.set(codec === u32 ? 1 : new Uint8Array(1))),
    ).toThrow(
      expect.objectContaining({ code: 'MILLRACE_OPTION', message: expect.stringContaining('message 1') }),
    );
    expect(writer.offerAll([])).toBe(0);
  }
});

test('a struct is filled field by field, in the ring', () => {
  const ring = spsc(struct({ id: u32, name: utf8(8) }), { capacity: 4 });
  const filled = ring.writer.fill(3, (slot, i) => {
    slot.id = i;
    slot.name = `n${i}`;
  });
  expect(filled).toBe(3);
  const seen: unknown[] = [];
  ring.reader.drain((view) => seen.push(view.copy()));
  expect(seen).toEqual([0, 1, 2].map((id) => ({ id, name: `n${id}` })));
});

test('a claim in a ring of several writers waits for nobody, and says when others were quicker', () => {
  const ring = mpmc(bytes, { capacity: 2, slotSize: 8 });
  const other = mpmc(bytes, { capacity: 2, slotSize: 8 });
  const claim = ring.writer.claim(16);
  claim?.bytes.fill(3);
  expect(other.writer.offer(new Uint8Array(16))).toBe(true);
  expect(claim?.publish()).toBe(true);
  expect(ring.reader.poll()).toEqual(new Uint8Array(16).fill(3));
});
