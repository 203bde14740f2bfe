import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../threads/seeded.mjs';
import { Crew } from './crew.mjs';
import { faultOfQueue } from './fifo.mjs';
import type { Operation, OperationKind } from './history.mjs';
import { BROKEN_SUBJECTS, longPlan, plan, SOUND_SUBJECTS, SUBJECTS, type Subject } from './plan.mjs';
import { isLinearizable } from './search.mjs';
import { cellSpecification, type QueueRules, queueSpecification } from './specifications.mjs';
import { faultOf, faultOfLong } from './verdict.mjs';

/** `LINEARIZE_SEED=…` records the same histories again, as far as threads let themselves be run again. */
const { LINEARIZE_SEED } = process.env;
const SEED = Number(LINEARIZE_SEED ?? Date.now() % 1_000_000);
const HISTORIES = 60;
/** By far enough for each of the broken queues: most are caught by one of the first five. */
const HISTORIES_OF_BROKEN = 400;
const BATCH = 20;
const LONG_CALLS = 3000;

let crew: Crew;
beforeAll(() => {
  crew = new Crew();
});
afterAll(() => crew.end());

/** The first fault in a number of histories. */
async function hunt(name: string, subject: Subject, histories: number): Promise<string | undefined> {
  const random = seeded(SEED ^ (name.length * 7919));
  for (let done = 0; done < histories; done += BATCH) {
    const plans = Array.from({ length: BATCH }, () => plan(random, name, subject));
    const faults = (await crew.record(plans)).map(faultOf);
    const fault = faults.find((each) => each !== undefined);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

describe('histories of real threads are linearizable', () => {
  test.each(Object.entries(SUBJECTS))('%s', async (name, subject) => {
    expect(await hunt(name, subject, HISTORIES), `LINEARIZE_SEED=${SEED}`).toBeUndefined();
  });

  const queues = Object.entries(SUBJECTS).filter(([name, { form }]) => form === 'ring' && !/drop/.test(name));
  test.each(queues)('%s, thousands of calls', async (name, subject) => {
    const long = longPlan(seeded(SEED), name, subject, LONG_CALLS);
    const [recording] = await crew.record([long]);
    expect(recording?.history.length).toBeGreaterThan(LONG_CALLS * 0.9);
    expect(recording && faultOfLong(recording), `LINEARIZE_SEED=${SEED}`).toBeUndefined();
  });
});

describe('the checker accepts', () => {
  test.each(Object.entries(SOUND_SUBJECTS))('%s', async (name, subject) => {
    expect(await hunt(name, subject, HISTORIES), `LINEARIZE_SEED=${SEED}`).toBeUndefined();
  });
});

describe('the checker catches a queue or a cell that', () => {
  test.each(Object.entries(BROKEN_SUBJECTS))('%s', async (name, subject) => {
    expect(await hunt(name, subject, HISTORIES_OF_BROKEN)).toMatch(/^not linearizable/);
  });
});

const RULES: QueueRules = { capacity: 2, sizeOf: () => 1, overflow: 'block', groups: 1, full: 'exact' };

/** A history from lines such as `1: write 7 @ 3–9`. */
function history(text: string): Operation[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [, thread, kind, value, began, ended, group] =
        /(\d+): (\w+) ?(\d*) @ (\d+)–(\d+)(?: of (\d))?/.exec(line) as RegExpExecArray;
      const numbers = { thread, value: value || 0, began, ended, group: group ?? 0 };
      const entries = Object.entries(numbers).map(([name, number]) => [name, Number(number)]);
      return { ...Object.fromEntries(entries), kind: kind as OperationKind } as Operation;
    });
}

const accepted = (text: string, rules: Partial<QueueRules> = {}) => {
  const operations = history(text);
  return isLinearizable(operations, queueSpecification(operations, { ...RULES, ...rules }));
};

describe('a history by hand', () => {
  test('of calls side by side may take effect in either order', () => {
    const writes = '1: write 1 @ 1–4\n2: write 2 @ 2–3\n';
    expect(accepted(`${writes}1: read 2 @ 5–6\n1: read 1 @ 7–8`)).toBe(true);
    expect(accepted(`${writes}1: read 1 @ 5–6\n1: read 2 @ 7–8`)).toBe(true);
  });

  test('of one call after the other may not', () => {
    const writes = '1: write 1 @ 1–2\n2: write 2 @ 3–4\n';
    expect(accepted(`${writes}1: read 2 @ 5–6\n1: read 1 @ 7–8`)).toBe(false);
    expect(accepted(`${writes}1: read 1 @ 5–6\n1: read 2 @ 7–8`)).toBe(true);
  });

  test('shows "full" and "empty" said too early', () => {
    expect(accepted('1: write 1 @ 1–2\n1: full 2 @ 3–4')).toBe(false);
    expect(accepted('1: write 1 @ 1–2\n2: empty @ 3–4')).toBe(false);
    expect(accepted('1: write 1 @ 1–3\n2: empty @ 2–4')).toBe(true);
    const beside = '1: write 1 @ 1–2\n1: full 2 @ 3–6\n2: empty @ 4–5';
    expect(accepted(`${beside}\n2: read 1 @ 7–8`, { full: 'in company' })).toBe(false);
    expect(accepted(beside.replace('empty', 'read 1'), { full: 'in company' })).toBe(true);
    expect(accepted(beside.replace('empty', 'read 1'))).toBe(false);
  });

  test('shows more messages than there is room for, counted in slots', () => {
    expect(accepted('1: write 1 @ 1–2\n1: write 2 @ 3–4\n1: write 3 @ 5–6')).toBe(false);
    expect(accepted('1: write 1 @ 1–2\n1: write 2 @ 3–4', { sizeOf: (value) => value })).toBe(false);
  });

  test('shows what is written after the end, and an end with messages left', () => {
    expect(accepted('1: close @ 1–2\n2: write 1 @ 3–4')).toBe(false);
    expect(accepted('1: close @ 1–3\n2: write 1 @ 2–4\n2: read 1 @ 5–6\n2: ended @ 7–8')).toBe(true);
    expect(accepted('1: write 1 @ 1–2\n1: close @ 3–4\n2: ended @ 5–6')).toBe(false);
    expect(accepted('1: refused 1 @ 1–2\n2: close @ 3–4')).toBe(false);
  });

  test('shows a message lost, or dropped where none may be', () => {
    const lost = '1: write 1 @ 1–2\n1: write 2 @ 3–4\n2: read 2 @ 5–6';
    expect(accepted(lost)).toBe(false);
    expect(accepted(lost, { overflow: 'drop-oldest' })).toBe(false);
    expect(accepted(lost, { overflow: 'drop-oldest', capacity: 1 })).toBe(true);
    expect(accepted('1: write 1 @ 1–2\n1: write 2 @ 3–4\n2: read 1 @ 5–6\n2: empty @ 7–8')).toBe(false);
    const newest = '1: write 1 @ 1–2\n1: write 2 @ 3–4\n2: read 1 @ 5–6\n2: empty @ 7–8';
    expect(accepted(newest, { overflow: 'drop-newest' })).toBe(false);
    expect(accepted(newest, { overflow: 'drop-newest', capacity: 1 })).toBe(true);
  });

  test('shows subscribers that disagree on the order of writers', () => {
    const writes = '1: write 1 @ 1–4\n2: write 2 @ 2–3\n3: read 1 @ 5–6\n3: read 2 @ 7–8\n';
    expect(accepted(`${writes}4: read 2 @ 5–6 of 1\n4: read 1 @ 7–8 of 1`, { groups: 2 })).toBe(false);
    expect(accepted(`${writes}4: read 1 @ 5–6 of 1\n4: read 2 @ 7–8 of 1`, { groups: 2 })).toBe(true);
  });

  test('shows a cell that goes back to an older value', () => {
    const seen = (...values: number[]) => {
      const gets = values.map((value, i) => `2: get ${value} @ ${10 * i + 4}–${10 * i + 5}`).join('\n');
      return isLinearizable(history(`1: set 1 @ 1–2\n1: set 2 @ 3–100\n${gets}`), cellSpecification);
    };
    expect([seen(1, 1, 2, 2), seen(1, 2, 1), seen(0)]).toEqual([true, false, false]);
  });
});

/** Calls of three threads that need not belong to any queue, but often nearly do. */
const anyHistory = fc
  .array(
    fc.record({
      thread: fc.integer({ min: 1, max: 3 }),
      writes: fc.boolean(),
      value: fc.integer({ min: 0, max: 3 }),
      length: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 9 },
  )
  .map((calls) => {
    const free = [0, 1, 2, 3];
    const written = new Set<number>();
    return calls.flatMap(({ thread, writes, value, length }) => {
      const began = Number(free[thread]);
      const ended = began + 4 * length;
      free[thread] = ended + 4;
      if (writes && written.has(value)) return [];
      if (writes) written.add(value);
      const kind: OperationKind = writes ? 'write' : value === 0 ? 'empty' : 'read';
      return [{ thread, kind, value: kind === 'empty' ? 0 : value, began, ended, group: 0 }];
    });
  });

test('both checkers agree', () => {
  let good = 0;
  fc.assert(
    fc.property(anyHistory, (operations) => {
      const rules = { ...RULES, capacity: 100 };
      const searched = isLinearizable(operations, queueSpecification(operations, rules));
      if (searched) good++;
      expect(faultOfQueue(operations) === undefined).toBe(searched);
    }),
    { numRuns: 5000 },
  );
  expect(good).toBeGreaterThan(100);
});
