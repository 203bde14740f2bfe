import { expect, test } from 'vitest';
import { ProducerTable, StaleProducerError } from '../../../dist/cluster/delivery/producer-table.js';
import { Killed, preempt } from './preemption.ts';

const PARTITIONS = 2;

function table(): ProducerTable {
  return new ProducerTable(new SharedArrayBuffer(ProducerTable.bytes(3, PARTITIONS)), 0, 3, PARTITIONS);
}

test('a sequence is sent once, in each partition', () => {
  const session = table().open(1);
  expect(session.begin(0, 1)).toBe(true);
  session.confirm(0, 1);
  expect(session.begin(0, 1)).toBe(false);
  expect(session.begin(1, 1)).toBe(true);
  expect(session.sent(0)).toBe(1);
});

test('a producer that was replaced is refused', () => {
  const producers = table();
  const old = producers.open(0);
  const next = producers.open(0);
  expect(() => old.begin(0, 1)).toThrow(StaleProducerError);
  expect(next.begin(0, 1)).toBe(true);
  expect(() => producers.open(3)).toThrow(/0 to 2/);
});

test('wherever a producer dies, its successor sends every sequence once', () => {
  for (let step = 0; step < 40; step++) {
    const producers = table();
    const log: number[] = [];
    const life = () => {
      const session = producers.open(0);
      const open = session.unsettled(0);
      if (open !== undefined) session.settle(0, open, log.includes(open));
      for (let sequence = session.sent(0) + 1; sequence <= 5; sequence++) {
        if (!session.begin(0, sequence)) continue;
        log.push(sequence);
        session.confirm(0, sequence);
      }
    };
    preempt(life, step, () => {
      throw new Killed();
    });
    preempt(life, step >> 1, () => {
      throw new Killed();
    });
    life();
    expect(log).toEqual([1, 2, 3, 4, 5]);
  }
});
