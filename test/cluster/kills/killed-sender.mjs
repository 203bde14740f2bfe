import { parentPort, workerData } from 'node:worker_threads';
import { openBus } from 'millrace';

/**
 * Sends until it is killed: ids from a small range, each again and again, so that threads meet; or the numbers of a producer, from where
 * its predecessor stopped.
 */
const { role, name, seed, told } = workerData;
const topic = openBus().topic('sent');
let random = seed;
const next = () => {
  random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return random;
};

parentPort?.postMessage('started');
if (role === 'ids') {
  for (let i = 0; ; i++) {
    const id = next() % told.length;
    const { offset } = await topic.send(id, { id: `${id}`, key: `k${id % 9}` });
    if (offset >= 0) Atomics.store(told, id, 1);
    if (i % 3 === 0) topic.offer(-1, { key: `k${id % 9}` }); // Messages that are nobody's business.
  }
} else {
  const producer = topic.producer(name);
  for (let n = producer.sequence + 1; ; n++) {
    await producer.send(n, { sequence: n, key: `k${n % 9}`, headers: { name } });
    Atomics.store(told, 0, n);
    if (n % 3 === 0) topic.offer(-1, { key: `k${n % 9}` });
  }
}
