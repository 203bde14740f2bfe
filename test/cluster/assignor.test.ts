import fc from 'fast-check';
import { type AssignorName, assignorOf, OptionError } from 'millrace';
import { describe, expect, test } from 'vitest';
import { fewestMoves, loadsOf, moved } from './moves.ts';

const names = ['sticky', 'cooperative', 'range', 'roundRobin'] as const;
const members = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 64 });

/** Members, partitions, and any plan that was in force before: with members that have gone and partitions without one. */
const situation = fc.tuple(members, fc.integer({ min: 1, max: 200 })).chain(([all, partitions]) =>
  fc.tuple(
    fc.constant(all),
    fc.constant(partitions),
    fc.array(fc.oneof(fc.constantFrom(...all), fc.integer({ min: 0, max: 64 })), {
      minLength: partitions,
      maxLength: partitions,
    }),
  ),
);

describe.each(names)('%s', (name) => {
  test('gives every partition to a member, and no member two more than another', () => {
    fc.assert(
      fc.property(situation, ([all, partitions, previous]) => {
        const plan = assignorOf(name)(all, partitions, previous);
        expect(plan).toHaveLength(partitions);
        expect(plan.every((member) => all.includes(member))).toBe(true);
        const loads = loadsOf(plan, all);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('sticky', () => {
  const sticky = assignorOf('sticky');

  test('moves as few partitions as any even plan', () => {
    fc.assert(
      fc.property(situation, ([all, partitions, previous]) => {
        const plan = sticky(all, partitions, previous);
        expect(moved(plan, previous)).toBe(fewestMoves(all, partitions, previous));
      }),
    );
  });

  test('moves nothing when nothing has changed', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 200 }), (all, partitions) => {
        const plan = sticky(all, partitions, []);
        expect(sticky(all, partitions, plan)).toEqual(plan);
      }),
    );
  });

  test('of 64 partitions and 8 members moves only those of the one that leaves, and 7 or 8 to one that comes', () => {
    const eight = [1, 2, 3, 4, 5, 6, 7, 8];
    const before = sticky(eight, 64, []);
    const without = sticky(
      eight.filter((member) => member !== 3),
      64,
      before,
    );
    expect(moved(without, before)).toBe(8);
    const again = sticky([...eight.filter((member) => member !== 3), 9], 64, without);
    expect(moved(again, without)).toBe(8);
  });
});

test('range gives consecutive partitions, roundRobin deals them', () => {
  expect(assignorOf('range')([1, 2, 3], 8, [])).toEqual([1, 1, 1, 2, 2, 2, 3, 3]);
  expect(assignorOf('roundRobin')([1, 2, 3], 8, [])).toEqual([1, 2, 3, 1, 2, 3, 1, 2]);
});

test('single keeps everything with one member, and after it with the next that joined', () => {
  const single = assignorOf('single');
  const plan = single([4, 2, 7], 3, [0, 0, 0]);
  expect(plan).toEqual([4, 4, 4]);
  expect(single([1, 4, 2], 3, plan)).toEqual(plan);
  expect(single([2, 7], 3, plan)).toEqual([2, 2, 2]);
});

test('another name is refused', () => {
  expect(() => assignorOf('fair' as AssignorName)).toThrow(OptionError);
});
