import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimingWheel } from '../../../dist/cluster/delivery/timing-wheel.js';

const RUNS = Number(process.env['MILLRACE_RUNS'] ?? 300);
const IDS = 20;

describe('a timing wheel', () => {
  test('is as good as a sorted list', () => {
    const ms = fc.oneof(
      fc.nat({ max: 100 }),
      fc.nat({ max: 10_000 }),
      fc.nat({ max: 40_000_000 }),
      fc.integer({ min: -50, max: 0 }),
    );
    const step = fc.record({
      do: fc.constantFrom('schedule', 'schedule', 'cancel', 'advance'),
      id: fc.nat({ max: IDS - 1 }),
      ms,
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200, size: 'max' }),
        fc.nat({ max: 2 ** 40 }),
        (steps, start) => {
          let now = start;
          let advanced = start - 1;
          const wheel = new TimingWheel(IDS, now);
          const model = new Map<number, number>();
          for (const { do: what, id, ms } of steps) {
            if (what === 'cancel') expect(wheel.cancel(id)).toBe(model.delete(id));
            if (what === 'schedule') {
              wheel.schedule(id, now + ms);
              model.set(id, Math.max(now + ms, advanced + 1));
            }
            if (what === 'advance') {
              now += Math.max(0, ms);
              advanced = now;
              const called: number[] = [];
              wheel.advance(now, (due) => called.push(due));
              const due = [...model].filter(([, at]) => at <= now).map(([id]) => id);
              expect([...called].sort()).toEqual([...due].sort());
              for (const id of due) model.delete(id);
            }
            expect(wheel.size).toBe(model.size);
            const least = Math.min(...model.values());
            expect(wheel.nextMs()).toBeLessThanOrEqual(Math.max(now + 1, least));
            if (model.size === 0) expect(wheel.nextMs()).toBe(Number.POSITIVE_INFINITY);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('calls in the order of times', () => {
    const wheel = new TimingWheel(1000, 0);
    const times = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 500_009);
    times.forEach((time, id) => {
      wheel.schedule(id, time);
    });
    const called: number[] = [];
    wheel.advance(600_000, (id) => called.push(times[id] as number));
    expect(called).toEqual([...times].sort((a, b) => a - b));
  });

  test('lets a timer set itself again, also for now', () => {
    const wheel = new TimingWheel(1, 0);
    let calls = 0;
    wheel.schedule(0, 0);
    wheel.advance(10, () => {
      calls++;
      wheel.schedule(0, 0);
    });
    expect(calls).toBe(11);
    expect(() => new TimingWheel(0, 0)).toThrow(/whole number/);
  });

  test('reaches its next time in few steps when nothing happens before', () => {
    const wheel = new TimingWheel(1, 0);
    const at = 3 * 24 * 3_600_000 + 123;
    wheel.schedule(0, at);
    let steps = 0;
    const called: number[] = [];
    for (let now = wheel.nextMs(); called.length === 0; now = wheel.nextMs(), steps++)
      wheel.advance(now, () => called.push(now));
    expect(called).toEqual([at]);
    expect(steps).toBeLessThan(30);
  });
});
