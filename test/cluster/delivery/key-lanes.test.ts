import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyLanes } from '../../../dist/cluster/delivery/key-lanes.js';

describe('key lanes', () => {
  test('keep the order of each key with one in flight, and lose nothing', () => {
    const step = fc.record({
      do: fc.constantFrom('add', 'add', 'next', 'done', 'again'),
      key: fc.nat({ max: 9 }),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300, size: 'max' }),
        fc.constantFrom(0, 2 ** 31 - 20),
        (steps, start) => {
          const lanes = new KeyLanes(512, 8);
          const queues = new Map<number, number[]>();
          const flying: number[] = [];
          const laneOf = new Map<number, number>();
          let sequence = start | 0;
          const next = () => {
            const waiting = [...queues].some(
              ([lane, queue]) => queue.length > 0 && !flying.some((f) => laneOf.get(f) === lane),
            );
            expect(lanes.ready).toBe(waiting);
            if (!waiting) return;
            const given = lanes.next();
            expect(queues.get(laneOf.get(given) as number)?.shift()).toBe(given);
            expect(flying.map((f) => laneOf.get(f))).not.toContain(laneOf.get(given));
            flying.push(given);
          };
          for (const { do: what, key, which } of steps) {
            if (what === 'add') {
              const lane = key & 7;
              queues.set(lane, [...(queues.get(lane) ?? []), sequence]);
              laneOf.set(sequence, lane);
              lanes.add(sequence, key);
              sequence = (sequence + 1) | 0;
            } else if (what === 'next') next();
            else if (flying.length > 0) {
              const [one] = flying.splice(which % flying.length, 1) as [number];
              if (what === 'done') lanes.done(one);
              else {
                lanes.again(one);
                queues.get(laneOf.get(one) as number)?.unshift(one);
              }
            }
          }
          while (flying.length > 0 || lanes.ready) {
            for (const one of flying.splice(0)) lanes.done(one);
            next();
          }
          expect([...queues.values()].flat()).toEqual([]);
        },
      ),
    );
  });

  test('let a quiet key come next, however long the queue of a noisy one', () => {
    const lanes = new KeyLanes(1024, 16);
    for (let i = 0; i < 1000; i++) lanes.add(i, 1);
    lanes.add(1000, 2);
    const first = lanes.next();
    lanes.done(first);
    expect([first, lanes.next(), lanes.next()]).toEqual([0, 1000, 1]);
  });
});
