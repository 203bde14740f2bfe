import { afterEach, describe, expect } from 'vitest';
import { batches } from './batches.ts';
import { closing } from './closing.ts';
import { draining } from './draining.ts';
import { failing } from './failing.ts';
import { filling } from './filling.ts';
import { iterating } from './iterating.ts';
import { modelled } from './modelled.ts';
import { overflowing } from './overflowing.ts';
import { peeking } from './peeking.ts';
import { statistics } from './statistics.ts';
import { storing } from './storing.ts';
import { drained, type Make, type Subject } from './subject.ts';
import { waiting } from './waiting.ts';
import { wrapping } from './wrapping.ts';

/** What every ring promises, whatever its topology and its codec. */
export function contract(name: string, make: Make): void {
  describe(name, () => {
    const made: { subject: Subject; capacity: number }[] = [];
    const remembering: Make = (options = {}) => {
      const subject = make(options);
      made.push({ subject, capacity: options.capacity ?? 4 });
      return subject;
    };

    /** Whatever happened before: an open ring takes exactly `capacity` messages again. */
    afterEach(() => {
      for (const { subject, capacity } of made.splice(0)) {
        if (subject.ring.closed) continue;
        while (drained(subject.reader).length > 0);
        expectRoomFor(subject, capacity);
      }
    });

    for (const part of [
      storing,
      wrapping,
      draining,
      filling,
      batches,
      iterating,
      peeking,
      waiting,
      closing,
      failing,
      overflowing,
      statistics,
      modelled,
    ]) {
      describe(part.name, () => part(remembering));
    }
  });
}

function expectRoomFor({ ring, writer, reader, values }: Subject, capacity: number): void {
  const { dropped } = ring.stats();
  const fresh = values(capacity + 1, 5000);
  let count = 0;
  while (count < capacity && writer.offer(fresh[count])) count++;
  expect(count, 'messages that fit after the scenario').toBe(capacity);
  if (writer.offer(fresh[capacity])) expect(ring.stats().dropped).toBe(dropped + 1);
  expect(drained(reader)).toHaveLength(capacity);
}
