import { struct, u32 } from 'millrace/ring';
import { parallel } from 'millrace/workers';
import { Piscina } from 'piscina';

/**
 * `parallel()` against piscina, with the same handler on the same pool of threads: records a second, medians of several
 * rounds in which every way takes its turn. Every way must give the same results.
 *
 *   node bench/parallel/main.mjs [short | medium | long] [records] [records for piscina one by one] [rounds]
 */
const [work = 'short', count = '1000000', single = '50000', rounds = '5'] = process.argv.slice(2);
const module = new URL(`./handlers/${work}.mjs`, import.meta.url);
const source = Array.from({ length: Number(count) }, (_, id) => ({
  id,
  price: (id * 7) % 1000,
  size: id % 13,
}));
const In = struct({ id: u32, price: u32, size: u32 });
const Out = struct({ id: u32, y: u32 });
const pools = [1, 2].map((threads) => {
  return new Piscina({ minThreads: threads, maxThreads: threads, filename: module.href });
});
const [one, two] = /** @type {[Piscina, Piscina]} */ (pools);

/** @typedef {{ id: number, y: number }} Result */

/** @param {number} threads @param {Piscina} pool @param {object} [codecs] */
async function inParallel(threads, pool, codecs = { in: In, out: Out }) {
  let sum = 0;
  /** @type {import('millrace/workers').Parallel<Result>} */
  const results = parallel(source, module, { threads, pool, ordered: true, ...codecs });
  for await (const { y } of results) sum = (sum + y) >>> 0;
  return sum;
}

/** At most a thousand calls under way. */
async function oneByOne() {
  let sum = 0;
  const some = source.slice(0, Number(single));
  for (let at = 0; at < some.length; at += 1000) {
    const results = await Promise.all(some.slice(at, at + 1000).map((record) => two.run(record)));
    for (const { y } of results) sum = (sum + y) >>> 0;
  }
  return sum;
}

/** Arrays of a hundred, sixteen of them under way. */
async function byHundreds() {
  let sum = 0;
  for (let at = 0; at < source.length; at += 1600) {
    const calls = [];
    for (let i = at; i < Math.min(source.length, at + 1600); i += 100) {
      calls.push(two.run(source.slice(i, i + 100), { name: 'batch' }));
    }
    for (const results of await Promise.all(calls)) for (const { y } of results) sum = (sum + y) >>> 0;
  }
  return sum;
}

const ways = {
  'parallel, 2 threads, struct': () => inParallel(2, two),
  'parallel, 2 threads, MessagePack': () => inParallel(2, two, {}),
  'parallel, 1 thread, struct': () => inParallel(1, one),
  'piscina, arrays of 100': byHundreds,
  'piscina, one by one': oneByOne,
};
/** @type {Record<string, number[]>} */
const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
const sums = new Set();
for (let round = 0; round <= Number(rounds); round++) {
  for (const [name, run] of Object.entries(ways)) {
    const from = performance.now();
    const sum = await run();
    const records = run === oneByOne ? Math.min(Number(single), source.length) : source.length;
    if (run !== oneByOne) sums.add(sum);
    if (round > 0) rates[name]?.push(records / (performance.now() - from)); // The first round warms up.
  }
}
for (const pool of pools) await pool.destroy();
if (sums.size !== 1) throw new Error(`The ways disagree: ${[...sums].join(', ')}`);
const median = (/** @type {number[]} */ values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
for (const [name, of] of Object.entries(rates))
  console.log(`${name.padEnd(36)}${(median(of) / 1000).toFixed(4)} M/s`);
