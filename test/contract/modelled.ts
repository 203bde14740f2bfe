import fc from 'fast-check';
import { copy } from 'millrace/ring';
import { expect, test } from 'vitest';
import type { Any, Make, Subject } from './subject.ts';

/** The same queue, as an array. */
interface Model {
  readonly capacity: number;
  readonly queue: Any[];
  next: number;
}

type Step = (model: Model, subject: Subject) => void;

const named = (name: string, step: Step): Step => Object.assign(step, { toString: () => name });

const offer = named('offer', (model, { writer, value }) => {
  const fits = model.queue.length < model.capacity;
  expect(writer.offer(value(model.next))).toBe(fits);
  if (fits) model.queue.push(value(model.next++));
});

const offerAll = (count: number): Step =>
  named(`offerAll(${count})`, (model, { writer, values }) => {
    const fitting = Math.min(count, model.capacity - model.queue.length);
    expect(writer.offerAll(values(count, model.next))).toBe(fitting);
    model.queue.push(...values(fitting, model.next));
    model.next += fitting;
  });

const poll = named('poll', (model, { reader }) => {
  expect(reader.poll()).toEqual(model.queue.shift());
});

const drain = (max: number): Step =>
  named(`drain(${max})`, (model, { reader }) => {
    const seen: Any[] = [];
    const count = reader.drain((view) => seen.push(copy(view)), max);
    expect(count).toBe(seen.length);
    if (model.queue.length > 0 && max > 0) expect(count).toBeGreaterThan(0);
    expect(seen).toEqual(model.queue.splice(0, count));
  });

const failingDrain = (at: number): Step =>
  named(`drain that throws at ${at}`, (model, { reader }) => {
    let calls = 0;
    const throwAt = () => {
      if (calls++ === at) throw new Error('thrown by the callback');
    };
    try {
      expect(reader.drain(throwAt)).toBe(calls);
    } catch (error) {
      expect(error).toMatchObject({ message: 'thrown by the callback' });
    }
    model.queue.splice(0, calls);
  });

const batch = (max: number, looks: number, all: boolean): Step =>
  named(`batch(${max}), ${looks} looked at, release(${all})`, (model, { ring, reader }) => {
    const batch = reader.batch(max);
    expect(batch === undefined).toBe(model.queue.length === 0);
    if (batch === undefined) return;
    const views = batch[Symbol.iterator]();
    let seen = 0;
    for (; seen < looks; seen++) {
      const view = views.next();
      if (view.done) break;
      expect(copy(view.value)).toEqual(model.queue[seen]);
    }
    const before = ring.stats().read;
    batch.release(all);
    const read = ring.stats().read - before;
    if (all) expect(read).toBeGreaterThanOrEqual(Math.max(1, seen));
    else expect(read).toBe(seen);
    expect(read).toBeLessThanOrEqual(Math.min(max, model.queue.length));
    model.queue.splice(0, read);
  });

const steps: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.constant(offer), weight: 4 },
  { arbitrary: fc.nat(9).map(offerAll), weight: 2 },
  { arbitrary: fc.constant(poll), weight: 3 },
  { arbitrary: fc.nat(6).map(drain), weight: 2 },
  { arbitrary: fc.nat(4).map(failingDrain), weight: 1 },
  {
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(6), fc.boolean()).map((b) => batch(...b)),
    weight: 1,
  },
);

const starts = fc.constantFrom(0, 2 ** 31 - 40, -40, 2 ** 29 - 40, 2 ** 25 - 40);

export function modelled(make: Make): void {
  test('any sequence of calls does what a queue does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        starts,
        fc.array(steps, { maxLength: 120 }),
        (capacity, firstSequence, calls) => {
          const subject = make({ capacity, firstSequence });
          const model = { capacity, queue: [], next: 0 };
          for (const call of calls) call(model, subject);
          for (const _ of [...model.queue]) poll(model, subject);
          poll(model, subject);
        },
      ),
      { numRuns: 60 },
    );
  });
}
