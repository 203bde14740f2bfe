import { expect, test } from 'vitest';
import { type ProducerSession, ProducerTable } from '../../../dist/cluster/delivery/producer-table.js';
import { Killed, preempt } from './preemption.ts';

const PARTITIONS = 2;
const table = () => new ProducerTable(new SharedArrayBuffer(ProducerTable.bytes(PARTITIONS)), PARTITIONS);
const open = (producers: ProducerTable, producer = 0, seat = 1) =>
  producers.open(producer, seat) as ProducerSession;

test('says what was sent last, in each partition, also to the next life', () => {
  const producers = table();
  const session = open(producers, 1);
  expect(session.begin(0, 1, -1)).toBe(true);
  session.confirm(0, 1);
  expect([session.sent(0), session.sent(1)]).toEqual([1, 0]);
  const next = open(producers, 1);
  expect([next.sent(0), next.sent(1)]).toEqual([1, 0]);
  expect(open(producers, 2).sent(0)).toBe(0);
});

test('a producer that was replaced is refused', () => {
  const producers = table();
  const old = open(producers);
  const next = open(producers);
  expect(old.begin(0, 1, -1)).toBe(false);
  expect(next.begin(0, 1, -1)).toBe(true);
});

test('a producer that ended in the middle of a message can be opened after the repair only', () => {
  const producers = table();
  open(producers, 0, 7).begin(1, 1, 41);
  expect(producers.open(0, 2)).toBeUndefined();
  producers.repair(8, () => true);
  expect(producers.open(0, 2)).toBeUndefined();
  producers.repair(7, (partition, before) => partition === 1 && before === 41);
  expect(open(producers, 0, 2).sent(1)).toBe(1);
});

test('wherever a producer dies, or is replaced, its successor sends every sequence once', () => {
  for (let step = 0; step < 60; step++) {
    for (const dies of [true, false]) {
      const producers = table();
      const log: number[] = [];
      const life = (seat: number) => () => {
        const session = producers.open(0, seat);
        if (session === undefined) return;
        for (let sequence = session.sent(0) + 1; sequence <= 5; sequence++) {
          if (!session.begin(0, sequence, log.length)) return;
          log.push(sequence);
          session.confirm(0, sequence);
        }
      };
      preempt(life(1), step, () => {
        if (dies) throw new Killed();
        life(2)(); // It gives up when the first life is in the middle of a message.
      });
      if (dies) producers.repair(1, (_, before) => log.length > before);
      preempt(life(3), step >> 1, () => {
        throw new Killed();
      });
      producers.repair(3, (_, before) => log.length > before);
      life(4)();
      expect(log, `step ${step}`).toEqual([1, 2, 3, 4, 5]);
    }
  }
});
