import { pipeline } from 'millrace/workers';

/**
 * Threads of an ordered pipeline die until `deaths` have; every record must come out once, in order, or as a dead letter.
 * `node test/workers/deaths/main.mjs 1000`
 */
const wanted = Number(process.argv[2] ?? 1000);
const POISON_EVERY = 100;
const module = new URL('./handler.mjs', import.meta.url);
let deaths = 0;
let sent = 0;

function* source() {
  for (; deaths < wanted || sent < POISON_EVERY; sent++)
    yield { n: sent, poison: sent % POISON_EVERY === POISON_EVERY - 1 };
}

/** @type {number[]} */
const results = [];
/** @type {number[]} */
const dead = [];
const onError = {
  deadLetter: (/** @type {import('millrace/workers').DeadLetter} */ { value }) =>
    dead.push(/** @type {{ n: number }} */ (value).n),
};
const from = performance.now();
const summary = await pipeline(source())
  .via(module, { threads: 2, maxDeaths: 3, onError, name: 'first' })
  .via(new URL('../pipeline/handlers/same.mjs', import.meta.url), { threads: 2 })
  .via(module, { threads: 2, ordered: true, maxDeaths: 3, onError, name: 'last' })
  .to((record) => results.push(/** @type {{ n: number }} */ (record).n))
  .run({
    onProgress: ({ stages }) => {
      deaths = stages.reduce((sum, stage) => sum + stage.deaths, 0);
    },
  });

deaths = summary.stages.reduce((sum, stage) => sum + stage.deaths, 0);
const accounted = [...results, ...dead].sort((a, b) => a - b);
const complete = accounted.length === sent && accounted.every((n, i) => n === i);
const ordered = results.every((n, i) => i === 0 || n > /** @type {number} */ (results[i - 1]));
const poisoned = Array.from(
  { length: Math.floor(sent / POISON_EVERY) },
  (_, i) => (i + 1) * POISON_EVERY - 1,
);
const allPoison = poisoned.every((n) => dead.includes(n));
const ms = Math.round(performance.now() - from);
console.log(
  JSON.stringify({
    sent,
    results: results.length,
    dead: dead.length,
    deaths,
    complete,
    ordered,
    allPoison,
    ms,
  }),
);
if (!complete || !ordered || !allPoison || deaths < wanted) process.exitCode = 1;
