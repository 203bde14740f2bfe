import { parentPort, workerData } from 'node:worker_threads';
import { open } from 'millrace/ring';
import { pick, seeded } from '../threads/seeded.mjs';
import { KINDS } from './message.mjs';
import { rest } from './rest.mjs';

/**
 * Writes `count` messages as `producer`, by whatever calls the seed says, and ends.
 *
 * @typedef {object} ProducerData
 * @property {import('millrace/ring').RingHandle} ring
 * @property {import('./message.mjs').Kind} kind
 * @property {number} producer
 * @property {number} count
 * @property {number} seed
 * @property {boolean} blocking whether it may block, or must await
 * @property {import('./rest.mjs').Habits} habits
 *
 * @param {ProducerData} data
 */
export async function produce({ ring, kind, producer, count, seed, blocking, habits }) {
  const random = seeded(seed);
  const { writer } = open(ring);
  const { make } = KINDS[kind];
  const calls = blocking ? ['offer', 'putSync', 'put', 'offerAll'] : ['offer', 'put', 'offerAll'];
  for (let number = 0; number < count; ) {
    const call = pick(random, calls);
    const until = Math.min(count, number + 1 + Math.floor(random() ** 4 * 2000));
    while (number < until) {
      const many = call === 'offerAll' ? Math.min(until - number, 1 + Math.floor(random() * 40)) : 1;
      const messages = Array.from({ length: many }, (_, i) => make(producer, number + i));
      if (call === 'put') await writer.put(messages[0]);
      else if (call === 'putSync') writer.putSync(messages[0]);
      const written =
        call === 'offerAll'
          ? writer.offerAll(messages)
          : Number(call !== 'offer' || writer.offer(messages[0]));
      number += written;
      if (written === 0 && random() < 0.3) await writer.put(make(producer, number++));
      rest(random, habits, blocking);
    }
  }
  writer.detach();
}

if (workerData?.role === 'producer') {
  await produce(workerData);
  parentPort?.postMessage('done');
}
