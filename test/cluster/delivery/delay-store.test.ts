import { describe, expect, test } from 'vitest';
import type { DelayDriver } from '../../../dist/cluster/delivery/delay-driver.js';
import { type Delayed, type DelayOptions, DelayStore } from '../../../dist/cluster/delivery/delay-store.js';
import { nextTime } from '../../../dist/cluster/delivery/schedule.js';
import { seeded } from '../../threads/seeded.mjs';
import { Killed, preempt } from './preemption.ts';

const RUNS = Number(process.env['MILLRACE_RUNS'] ?? 2000);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const bytes = (message: string) => Buffer.from(message);

function stores(count: number, options: DelayOptions = {}): DelayStore[] {
  const buffer = new SharedArrayBuffer(DelayStore.bytes(options));
  return Array.from({ length: count }, () => new DelayStore(buffer, 0, options));
}

describe('a delay store', () => {
  test('gives each message at its time, to one driver at a time', () => {
    const [one, other] = stores(2) as [DelayStore, DelayStore];
    const driver = one.drive(1, 0) as DelayDriver;
    expect(other.drive(2, 0)).toBeUndefined();
    other.add(bytes('late'), 300, 2);
    other.add(bytes('soon'), 100, 2);
    const sent: string[] = [];
    const send = (message: Uint8Array, due: number) => {
      sent.push(`${text(message)} ${due}`);
      return undefined;
    };
    driver.advance(99, send);
    expect(sent).toEqual([]);
    expect(driver.nextMs()).toBeLessThanOrEqual(100);
    driver.advance(100, send);
    expect(sent).toEqual(['soon 100']);
    driver.close();
    (other.drive(2, 200) as DelayDriver).advance(1000, send);
    expect(sent).toEqual(['soon 100', 'late 300']);
  });

  test('sends a message again and again while it says when', () => {
    const [store] = stores(1) as [DelayStore];
    const driver = store.drive(1, 0) as DelayDriver;
    store.add(bytes('tick'), 60_000, 1);
    const times: number[] = [];
    for (let now = 0; now < 400_000; now += 20_000) {
      driver.advance(now, (_, due) => {
        times.push(due);
        return due < 180_000 ? nextTime({ cron: '* * * * *', timeZone: 'UTC' }, due) : undefined;
      });
    }
    expect(times).toEqual([60_000, 120_000, 180_000]);
  });

  test('keeps a message that could not be sent', () => {
    const [store] = stores(1) as [DelayStore];
    const driver = store.drive(1, 0) as DelayDriver;
    store.add(bytes('a'), 10, 1);
    expect(() =>
      driver.advance(10, () => {
        throw new Error('full');
      }),
    ).toThrow('full');
    const sent: string[] = [];
    driver.advance(200, (message) => void sent.push(text(message)));
    expect(sent).toEqual(['a']);
  });

  test('takes a message back, once, and not its successor', () => {
    const [store] = stores(1, { capacity: 1 }) as [DelayStore];
    const first = store.add(bytes('a'), 10, 1) as Delayed;
    expect(store.add(bytes('b'), 10, 1)).toBeUndefined();
    expect([store.cancel(first), store.cancel(first)]).toEqual([true, false]);
    const second = store.add(bytes('b'), 10, 1) as Delayed;
    expect(store.cancel(first)).toBe(false);
    (store.drive(1, 0) as DelayDriver).advance(10, () => undefined);
    expect(store.cancel(second)).toBe(false);
  });

  test('sends nothing early because its entry was used before, whenever that changes', () => {
    for (let step = 0; step < 20; step++) {
      const [store] = stores(1, { capacity: 1 }) as [DelayStore];
      const first = store.add(bytes('a'), 10, 2) as Delayed;
      const driver = store.drive(1, 0) as DelayDriver;
      const sent: string[] = [];
      const send = (message: Uint8Array) => void sent.push(text(message));
      preempt(
        () => driver.advance(10, send),
        step,
        () => store.cancel(first) && store.add(bytes('b'), 100, 2),
      );
      expect(sent).not.toContain('b');
      driver.advance(99, send);
      expect(sent).not.toContain('b');
    }
  });

  test('refuses what makes no sense', () => {
    const [store] = stores(1, { maxMessageSize: 16 }) as [DelayStore];
    expect(() => store.add(new Uint8Array(17), 0, 1)).toThrow(/maxMessageSize/);
    expect(() => store.add(new Uint8Array(1), 0, 0)).toThrow(/owner/);
    expect(() => DelayStore.bytes({ capacity: 0 })).toThrow(/capacity/);
    expect(() => nextTime({ cron: 'soon' }, 0)).toThrow(/'soon' is no schedule/);
  });
});

test('a schedule follows its time zone', () => {
  const winter = Date.UTC(2026, 0, 10, 12);
  expect(nextTime({ cron: '30 9 * * *', timeZone: 'Europe/Zurich' }, winter)).toBe(
    Date.UTC(2026, 0, 11, 8, 30),
  );
  expect(nextTime({ cron: '30 9 * * *', timeZone: 'Europe/Zurich' }, Date.UTC(2026, 6, 10, 12))).toBe(
    Date.UTC(2026, 6, 11, 7, 30),
  );
  expect(nextTime({ cron: '0 0 31 2 *' }, winter)).toBeUndefined();
});

/** Two threads add, one drives; any of them may be stopped or die at any step. */
function runOnce(seed: number): void {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const all = stores(3, { capacity: 4, maxMessageSize: 8 });
  const added = new Set<string>();
  const begun = new Set<string>();
  const sent: string[] = [];
  let now = 0;
  let driver: DelayDriver | undefined;
  const add = (thread: number, name: string) => () => {
    begun.add(name);
    if (all[thread]?.add(bytes(name), now + below(50), thread + 1)) added.add(name);
  };
  const drive = () => {
    driver ??= all[0]?.drive(1, now);
    driver?.advance(now, (message) => void sent.push(text(message)));
  };
  for (let i = 0; i < 12; i++) {
    now += below(30);
    const who = below(3);
    const calls = [drive, add(1, `a${i}`), add(2, `b${i}`)];
    const dies = random() < 0.3;
    const survived = preempt(calls[who] as () => void, below(30), () => {
      calls[(who + 1) % 3]?.();
      if (random() < 0.5) calls[(who + 2) % 3]?.();
      if (dies) throw new Killed();
    });
    if (survived) continue;
    if (who === 0) driver = undefined;
    preempt(
      () => all[1]?.repair(who + 1),
      below(20),
      () => all[2]?.repair(who + 1),
    );
  }
  now += 100;
  drive();
  now += 2;
  drive();
  for (const name of added) if (!sent.includes(name)) throw new Error(`seed ${seed}: ${name} was not sent`);
  for (const name of sent)
    if (!begun.has(name)) throw new Error(`seed ${seed}: ${name} was sent and never added`);
  expect(Array.from({ length: 4 }, (_, i) => all[0]?.add(bytes(`${i}`), now, 1)).every(Boolean)).toBe(true);
}

test('with another call, or a death, at any step, what was added is sent, and every entry is free again', () => {
  for (let seed = 1; seed <= RUNS; seed++) runOnce(seed);
});
