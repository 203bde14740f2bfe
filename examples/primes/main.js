import { availableParallelism } from 'node:os';
import { parallel } from 'millrace/workers';

/**
 * Work for processors: how many primes there are, range by range, on all cores and in order.
 *
 *   node examples/primes/main.js [ranges] [threads]
 */
const [ranges = '200', threads = String(availableParallelism())] = process.argv.slice(2);
const SIZE = 10_000;
const source = Array.from({ length: Number(ranges) }, (_, i) => ({ from: i * SIZE, to: (i + 1) * SIZE }));
const module = new URL('./count.js', import.meta.url);

let total = 0;
const began = performance.now();
/** @type {import('millrace/workers').Parallel<{ primes: number }>} */
const counts = parallel(source, module, { threads: Number(threads), ordered: true });
for await (const { primes } of counts) {
  total += primes;
}
console.log(`${total} primes below ${Number(ranges) * SIZE}`);
console.error(`${Math.round(performance.now() - began)} ms on ${threads} threads`);
