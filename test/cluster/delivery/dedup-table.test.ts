import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CROWDED,
  type DedupOptions,
  DedupTable,
  DUPLICATE,
  UNDECIDED,
} from '../../../dist/cluster/delivery/dedup-table.js';
import { seeded } from '../../threads/seeded.mjs';
import { Killed, preempt } from './preemption.ts';

const RUNS = Number(process.env['MILLRACE_RUNS'] ?? 500);

function tables(count: number, options: DedupOptions): DedupTable[] {
  const buffer = new SharedArrayBuffer(DedupTable.bytes(options));
  return Array.from({ length: count }, () => new DedupTable(buffer, 0, options));
}

function table(options: DedupOptions = {}): DedupTable {
  return tables(1, options)[0] as DedupTable;
}

function send(to: DedupTable, id: string, offset: number, now = 0, owner = 1): boolean {
  const ticket = to.claim(id, owner, now);
  if (ticket > 0) to.begin(ticket, 2, 0);
  return ticket > 0 && to.confirm(ticket, offset, now);
}

describe('a table of ids', () => {
  test('knows an id that was sent, and where the message is', () => {
    const ids = table();
    expect(send(ids, 'a', 2 ** 40)).toBe(true);
    expect(ids.claim('a', 2, 1)).toBe(DUPLICATE);
    expect([ids.partition, ids.offset]).toEqual([2, 2 ** 40]);
    expect(send(ids, 'b', 1)).toBe(true);
  });

  test('tells long ids apart, and ids that begin alike', () => {
    const ids = table();
    const long = [
      'x'.repeat(60),
      'x'.repeat(61),
      'x'.repeat(500),
      `${'x'.repeat(499)}y`,
      'ü'.repeat(30),
      'ü'.repeat(31),
      '',
    ];
    for (const id of long) expect(send(ids, id, 1), id).toBe(true);
    for (const id of long) expect(ids.claim(id, 1, 0), id).toBe(DUPLICATE);
  });

  test('forgets an id after its time', () => {
    const ids = table({ ms: 100 });
    const start = 2 ** 31 * 700 - 50;
    expect(send(ids, 'a', 1, start)).toBe(true);
    expect(ids.claim('a', 1, start + 99)).toBe(DUPLICATE);
    expect(ids.claim('a', 1, start + 100)).toBeGreaterThan(0);
  });

  test('remembers as many ids as the window has, and no more', () => {
    const ids = table({ window: 100 });
    for (let i = 0; i < 10_000; i++) {
      expect(send(ids, `id-${i}`, i)).toBe(true);
      if (i >= 99) expect(ids.claim(`id-${i - 99}`, 1, 0)).toBe(DUPLICATE);
    }
    expect(ids.claim('id-9899', 1, 0)).toBeGreaterThan(0);
  });

  test('counts what was sent, not what was claimed and withdrawn, nor claims that wait', () => {
    const ids = table({ window: 10 });
    for (let i = 0; i < 10; i++) send(ids, `sent-${i}`, i);
    const waiting = Array.from({ length: 20 }, (_, i) => ids.claim(`waits-${i}`, 1, 0));
    for (let i = 0; i < 5000; i++) ids.withdraw(ids.claim(`refused-${i % 7}`, 1, 0));
    for (let i = 0; i < 10; i++) expect(ids.claim(`sent-${i}`, 1, 0)).toBe(DUPLICATE);
    for (const ticket of waiting) {
      ids.begin(ticket, 0, 0);
      expect(ids.confirm(ticket, 7, 0)).toBe(true);
    }
    for (let i = 0; i < 10; i++) expect(ids.claim(`waits-${i + 10}`, 1, 0)).toBe(DUPLICATE);
    expect(ids.claim('sent-9', 1, 0)).toBeGreaterThan(0);
  });

  test('remembers an id from when its message was sent', () => {
    const ids = table({ ms: 100 });
    const ticket = ids.claim('a', 1, 0);
    ids.begin(ticket, 0, 0);
    ids.confirm(ticket, 5, 1000);
    expect(ids.claim('a', 1, 1099)).toBe(DUPLICATE);
    expect(ids.claim('a', 1, 1100)).toBeGreaterThan(0);
  });

  test('says when more ids are claimed than it has entries', () => {
    const ids = table({ window: 64 });
    for (let i = 0; i < 64; i++) send(ids, `sent-${i}`, i);
    const tickets = Array.from({ length: 64 }, (_, i) => ids.claim(`claimed-${i}`, 1, 0));
    expect(Math.min(...tickets)).toBeGreaterThan(0);
    expect(ids.claim('one more', 1, 0)).toBe(CROWDED);
    expect(ids.claim('sent-0', 1, 0)).toBe(DUPLICATE);
    ids.withdraw(tickets[9] as number);
    expect(ids.claim('one more', 1, 0)).toBeGreaterThan(0);
    expect(ids.claim('and another', 1, 0)).toBe(CROWDED);
  });

  test('lets an id be claimed anew after its claim was withdrawn', () => {
    const ids = table();
    const ticket = ids.claim('a', 1, 0);
    expect(ids.claim('a', 2, 0)).toBe(UNDECIDED);
    expect(ids.withdraw(ticket)).toBe(true);
    expect(ids.confirm(ticket, 0, 0)).toBe(false);
    expect(send(ids, 'a', 1)).toBe(true);
  });

  test('settles the claims of a dead thread by what the log says', () => {
    const ids = table();
    for (const id of ['sent', 'not sent', 'ü'.repeat(30)]) ids.begin(ids.claim(id, 7, 0), 1, 0);
    const other = ids.claim('of another', 8, 0);
    const asked: string[] = [];
    ids.repair(7, 0, (id) => {
      asked.push(id);
      return id === 'sent' ? 5 : undefined;
    });
    expect(asked.sort()).toEqual(['not sent', 'sent', 'ü'.repeat(30)]);
    expect(ids.claim('sent', 1, 0)).toBe(DUPLICATE);
    expect([ids.partition, ids.offset]).toEqual([1, 5]);
    expect(ids.claim('not sent', 1, 0)).toBeGreaterThan(0);
    expect(ids.confirm(other, 0, 0)).toBe(true);
  });

  test('is as good as a map', () => {
    const call = fc.record({ n: fc.nat({ max: 40 }), ms: fc.nat({ max: 30 }), refused: fc.boolean() });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 500, size: 'max' }), (calls) => {
        const ids = table({ window: 64, ms: 200 });
        const model: { id: string; at: number }[] = [];
        let now = 0;
        for (const { n, ms, refused } of calls) {
          now += ms;
          const id = `${n}`;
          const known = model.slice(-64).some((sent) => sent.id === id && now - sent.at < 200);
          const ticket = ids.claim(id, 1, now);
          expect(ticket > 0).toBe(!known);
          if (known) continue;
          if (!refused) model.push({ id, at: now });
          expect(refused ? ids.withdraw(ticket) : ids.confirm(ticket, 0, now)).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('refuses a window that makes no sense', () => {
    expect(() => DedupTable.bytes({ window: 0 })).toThrow(/dedup.window/);
    expect(() => table({ ms: 0 })).toThrow(/dedup.ms/);
  });
});

/**
 * Three threads send few ids again and again, and are refused at times; one may be stopped, or die, at any step, with the others going on
 * meanwhile. The table is so small that entries and places are used again all the time.
 */
function runOnce(seed: number): void {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const all = tables(3, { window: 64 });
  const log: string[] = [];
  const attempt =
    (thread: number, id: string, isRefused = false) =>
    () => {
      const own = all[thread] as DedupTable;
      const ticket = own.claim(id, thread + 1, 0);
      if (ticket === DUPLICATE && !log.includes(id))
        throw new Error(`seed ${seed}: ${id} was refused and is not in the log`);
      if (ticket <= 0) return;
      own.begin(ticket, 0, 0);
      if (isRefused) own.withdraw(ticket);
      else {
        log.push(id);
        own.confirm(ticket, log.length - 1, 0);
      }
    };
  for (let i = below(130); i > 0; i--) attempt(0, `before-${i}`, random() < 0.6)();
  for (let round = 0; round < 12; round++) {
    const next = (thread: number) => attempt(thread, `id-${below(3)}-${round >> 2}`, random() < 0.3);
    const thread = below(3);
    const dies = random() < 0.3;
    const others = [next((thread + 1) % 3), next((thread + 2) % 3)];
    const survived = preempt(next(thread), below(40), () => {
      preempt(others[0] as () => void, below(40), others[1] as () => void);
      if (dies) throw new Killed();
    });
    const where = (sent: string) => (log.includes(sent) ? log.indexOf(sent) : undefined);
    if (survived) continue;
    preempt(
      () => all[0]?.repair(thread + 1, 0, where),
      below(200),
      () => all[1]?.repair(thread + 1, 0, where),
    );
  }
  for (const id of ['id-0-0', 'id-1-0', 'id-2-0', 'id-0-2', 'id-1-2', 'id-2-2']) attempt(0, id)();
  if (new Set(log).size !== log.length) throw new Error(`seed ${seed}: sent twice: ${log.join(' ')}`);
  for (const id of ['id-0-0', 'id-1-2'])
    if (!log.includes(id)) throw new Error(`seed ${seed}: ${id} is claimed for ever`);
}

test('with another call, a refusal, or a death at any step, no id is sent twice and none is lost', () => {
  for (let seed = 1; seed <= 6 * RUNS; seed++) runOnce(seed);
});
