import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { DedupTable, DUPLICATE } from '../../../dist/cluster/delivery/dedup-table.js';
import { DeliveryWindow } from '../../../dist/cluster/delivery/delivery-window.js';
import { ShareReader } from '../../../dist/cluster/delivery/share-reader.js';
import { seeded } from '../../threads/seeded.mjs';
import { FlatLog } from './flat-log.mjs';

/** MILLRACE_KILLS=2000 for the long form. */
const KILLS = Number(process.env['MILLRACE_KILLS'] ?? 25);
const THREADS = 3;
const script = new URL('./killed-thread.mjs', import.meta.url);
const words = (count: number) => new Int32Array(new SharedArrayBuffer(count * 4));

/** Keeps some threads at work, and kills one after the other at random moments. */
async function killThreads(
  workerData: object,
  seed: number,
  repair: (owner: number) => void,
  between = () => {},
): Promise<void> {
  const random = seeded(seed);
  const stop = words(1);
  const start = (owner: number) => {
    const worker = new Worker(script, {
      workerData: { ...workerData, owner, seed: Math.floor(random() * 2 ** 31), stop },
    });
    return { worker, online: once(worker, 'online') };
  };
  const threads = Array.from({ length: THREADS }, (_, i) => start(i + 1));
  for (let kill = 0; kill < KILLS; kill++) {
    const victim = Math.floor(random() * THREADS);
    const { worker, online } = threads[victim] as (typeof threads)[number];
    await online;
    for (let i = 0; i < 5; i++) {
      between();
      await pause(random() * 5);
    }
    await worker.terminate();
    repair(victim + 1);
    threads[victim] = start(victim + 1);
  }
  await Promise.all(threads.map(({ online }) => online));
  await pause(20);
  Atomics.store(stop, 0, 1);
  await Promise.all(threads.map(({ worker }) => once(worker, 'exit')));
}

test('of the messages of killed threads none is lost, and none is acknowledged twice', {
  timeout: 600_000,
}, async () => {
  const slots = 256;
  const most = 4_000_000;
  const [logWords, begun, acknowledged] = [words(2), words(most), words(most)] as const;
  const buffer = new SharedArrayBuffer(DeliveryWindow.bytes(slots));
  const log = new FlatLog(logWords);
  const window = new DeliveryWindow(buffer, 0, slots);
  const reader = new ShareReader(window, log, 100, 8);
  const append = () => Atomics.store(logWords, 1, Math.min(most, log.cursor() + 5000));
  let returned = 0;
  const repair = (owner: number) => {
    returned += reader.repair(owner, Date.now());
  };
  await killThreads(
    { role: 'deliver', buffer, slots, log: logWords, begun, acknowledged },
    7,
    repair,
    append,
  );

  reader.sweep(Date.now() + 60_000); // What was forgotten, or nacked with a delay.
  for (let count = reader.take(8, Date.now()); count > 0; count = reader.take(8, Date.now())) {
    for (let i = 0; i < count; i++) {
      const sequence = reader.sequences[i] as number;
      expect(window.ack(sequence, reader.tokens[i] as number)).toBe(true);
      Atomics.add(acknowledged, sequence, 1);
    }
    reader.advance();
  }
  const end = logWords[1] as number;
  expect(log.cursor()).toBe(end);
  expect(acknowledged.subarray(0, end).every((times) => times <= 1)).toBe(true);
  const unsure = acknowledged
    .subarray(0, end)
    .reduce((sum, times, i) => sum + (times === 0 && begun[i] === 1 ? 1 : 0), 0);
  expect(acknowledged.subarray(0, end).every((times, i) => times === 1 || begun[i] === 1)).toBe(true);
  expect(unsure).toBeLessThanOrEqual(KILLS); // A thread dies in one acknowledgement at most.
  expect(end).toBeGreaterThan(1000);
  if (KILLS >= 100) expect(returned).toBeGreaterThan(0); // Whether one of a few deaths holds a lease is chance.
});

test('of the ids of killed threads each is sent once', { timeout: 600_000 }, async () => {
  const options = { window: 65_536 };
  const buffer = new SharedArrayBuffer(DedupTable.bytes(options));
  const sent = words(60_000);
  const ids = new DedupTable(buffer, 0, options);
  const where = (id: string) => {
    const offset = Number(id.slice('message-'.length));
    return Atomics.load(sent, offset) > 0 ? offset : undefined;
  };
  const repair = (owner: number) => ids.repair(owner, Date.now(), where);
  await killThreads({ role: 'send', buffer, options, sent }, 11, repair);
  expect([...sent].filter((times) => times > 1)).toEqual([]);
  sent.forEach((times, offset) => {
    const outcome = ids.claim(`message-${offset}`, 100, Date.now());
    expect(outcome === DUPLICATE).toBe(times === 1);
  });
  expect(sent.filter((times) => times === 1).length).toBeGreaterThan(1000);
});
