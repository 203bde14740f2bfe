import { parentPort, workerData } from 'node:worker_threads';
import { copy, openBroadcast } from 'millrace/ring';
import { KINDS } from '../stress/message.mjs';
import { pick, seeded } from './seeded.mjs';

/**
 * Reads a subscription that writers go on over, now quickly and now slowly, until the ring ends; checks that every message
 * is whole and none comes before an earlier one of its producer.
 *
 * @param {{ ring: import('millrace/ring').RingHandle, kind: import('../stress/message.mjs').Kind, seed: number, subscription: number }} data
 */
function consume({ ring, kind, seed, subscription }) {
  const random = seeded(seed);
  let told = 0;
  const reader = openBroadcast(ring).attach(subscription, { onMissed: (missed) => (told += missed) });
  const { make, read, show } = KINDS[kind];
  /** @type {number[]} */
  const last = [];
  /** @type {string | undefined} */
  let problem;
  let received = 0;

  /** @param {any} message */
  function receive(message) {
    received++;
    const [producer, number] = read(message);
    const shown = JSON.stringify(show(message));
    if (random() < 0.01) for (let until = performance.now() + 0.2; performance.now() < until; );
    if (shown !== JSON.stringify(show(message))) problem ??= `changed while it was looked at: ${shown}`;
    if (shown !== JSON.stringify(show(make(producer, number))))
      problem ??= `torn: ${JSON.stringify(copy(message))}`;
    if (number <= (last[producer] ?? -1)) problem ??= `${number} of ${producer} came after ${last[producer]}`;
    last[producer] = number;
  }

  const calls = [
    () => reader.drain(receive, 1 + Math.floor(random() * 50)),
    () => {
      const message = reader.poll();
      if (message !== undefined) receive(message);
    },
    () => {
      const batch = reader.batch(10);
      for (const view of batch ?? []) receive(view);
      batch?.release(random() < 0.5);
    },
    () => reader.drainSync(receive, { timeout: 1 }),
  ];
  while (!reader.ended) pick(random, calls)();
  return { received, missed: reader.missed, told, problem };
}

parentPort?.postMessage(consume(workerData));
