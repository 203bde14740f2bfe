import { f64, spsc } from 'millrace/ring';
import { WorkerGroup } from 'millrace/workers';

/** Ends by itself when its groups have ended, however they did: by the end of the ring, by close, by a failure. */
const handler = (/** @type {string} */ name) => new URL(`../handlers/${name}.mjs`, import.meta.url);
const rings = [spsc(f64), spsc(f64), spsc(f64)];
const [ended, closed, failed] = ['sum', 'sum', 'throws-at-three'].map(
  (name, i) => new WorkerGroup(handler(name), rings.slice(i, i + 1), { threads: 1 }),
);
rings[0]?.writer.offer(1);
rings[0]?.close();
rings[2]?.writer.offer(3);
await ended?.results;
await closed?.close();
await failed?.results.catch(() => {});
console.log('all ended');
