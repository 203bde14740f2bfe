import { execFileSync } from 'node:child_process';
import {
  array,
  bytes,
  checkViews,
  copy,
  mpmc,
  priority,
  type Ring,
  spsc,
  struct,
  u8,
  u32,
} from 'millrace/ring';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from './contract.ts';
import { makers, readerOf } from './makers.ts';
import { staleViews } from './stale.ts';
import { type Any, flavours, subjects } from './subject.ts';

const stale = expect.objectContaining({ code: 'MILLRACE_STALE_VIEW' });

beforeAll(() => checkViews(true));
afterAll(() => checkViews(false));

const inPlace = flavours.filter(({ name }) => name === 'struct' || name === 'bytes');
for (const [topology, create] of Object.entries(makers)) {
  for (const flavour of inPlace) {
    const make = subjects(create, flavour, readerOf);
    contract(`${topology} of ${flavour.name}, with checks on`, make);
    describe(`${topology} of ${flavour.name}, looked at too late`, () => staleViews(make));
  }
}

describe('checks on views', () => {
  const Leg = struct({ id: u32, raw: bytes(2) });
  const Trade = struct({ legs: array(Leg, 2), raw: bytes(3), first: Leg });
  const leg = (id: number) => ({ id, raw: Uint8Array.of(id, 9) });
  const trade = { legs: [leg(1), leg(2)], raw: Uint8Array.of(7, 8, 9), first: leg(3) };

  test('reach nested structs, arrays and bytes', () => {
    const { writer, reader } = spsc(Trade, { capacity: 4 });
    writer.offer(trade);
    const kept: Any[] = [];
    reader.drain((view: Any) => {
      expect(view.copy()).toEqual(trade);
      expect(JSON.parse(JSON.stringify(view)).first.id).toBe(3);
      expect(Array.from(view.legs, (one: Any) => one.id)).toEqual([1, 2]);
      kept.push(view, view.legs, view.legs.at(1), view.first, view.legs[Symbol.iterator]());
      expect(view.raw).toEqual(trade.raw);
      kept.push(view.raw, view.first.raw);
    });
    const [view, legs, second, first, iterator, raw, inner] = kept;
    for (const late of [
      () => view.raw,
      () => legs.at(0),
      () => legs.length,
      () => second.id,
      () => first.copy(),
      () => iterator.next(),
    ]) {
      expect(late).toThrow(stale);
    }
    expect([raw.length, inner.length]).toEqual([0, 0]);
  });

  test('reach the slots of a struct, field by field', () => {
    const { writer, reader } = spsc(Leg, { capacity: 4 });
    let kept: Any;
    writer.fill(1, (slot) => {
      slot.id = 5;
      slot.raw = Uint8Array.of(1, 2);
      kept = slot;
    });
    expect(() => {
      kept.id = 6;
    }).toThrow(stale);
    expect(reader.poll()).toEqual({ id: 5, raw: Uint8Array.of(1, 2) });
  });

  test.each([
    ['spsc', spsc],
    ['mpmc', mpmc],
  ])('take the room of a claim of a %s ring away when it ends', (_, create) => {
    const { writer, reader } = create(bytes, { capacity: 8, slotSize: 8 });
    for (const end of ['publish', 'abort'] as const) {
      const claim = writer.claim(8) as Any;
      const { bytes: room } = claim;
      room.fill(1);
      expect(() => claim.publish(9)).toThrow(expect.objectContaining({ code: 'MILLRACE_OPTION' }));
      expect(room).toHaveLength(8);
      claim[end]();
      claim.abort();
      expect(room).toHaveLength(0);
      expect(() => room.set([2])).toThrow();
      room[0] = 2;
      expect(reader.poll()).toEqual(end === 'publish' ? new Uint8Array(8).fill(1) : undefined);
    }
  });

  test('reach the messages of a priority ring', () => {
    const ring = priority(Leg, { levels: 2, capacity: 4 });
    ring.writer.offer(leg(1));
    let kept: Any;
    ring.reader.drain((view) => {
      kept = view;
      expect(view.id).toBe(1);
    });
    expect(() => kept.id).toThrow(stale);
  });

  test('leave values alone that are not shown in place', () => {
    const ring: Ring<Any> = spsc(u8, { capacity: 4 });
    ring.writer.offer(1);
    ring.reader.drain((view) => expect(view).toBe(1));
  });

  test('are laid over ends when these are opened', () => {
    checkViews(false);
    const unchecked = spsc(Leg, { capacity: 4 });
    unchecked.writer.offer(leg(1));
    const { reader } = unchecked;
    checkViews(true);
    let kept: Any;
    reader.drain((view) => {
      kept = view;
    });
    expect(copy(kept)).toEqual(leg(1));
    expect(Object.hasOwn(reader, 'drain')).toBe(false);
  });

  test.each([
    ['development', true],
    ['test', true],
    ['production', false],
    [undefined, false],
  ])('are on by default where NODE_ENV is %s: %s', (name, on) => {
    const { NODE_ENV: _, ...environment } = process.env;
    const env = name === undefined ? environment : { ...environment, NODE_ENV: name };
    const program =
      "import { spsc, u32 } from 'millrace/ring'; console.log(Object.hasOwn(spsc(u32).reader, 'drain'))";
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { env });
    expect(String(printed).trim()).toBe(String(on));
  });
});
