/**
 * Sends messages through rings of every kind, for as long as is asked for, and checks that each arrives exactly once, whole,
 * and in its producer's order.
 *
 *   node test/stress/main.mjs --seconds 3600 --seed 1
 *   node test/stress/main.mjs --flow 123456            one flow again, as the report of a failure names it
 */
import { parseArgs } from 'node:util';
import { seeded } from '../threads/seeded.mjs';
import { faultOfFlow, flowOf } from './flow.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    flow: { type: 'string' },
  },
});
const REPORT_MS = 10_000;
/** What goes wrong more often than this need not be shown more often. */
const FAILURES_MAX = 5;
const random = seeded(Number(values.seed));
const begin = performance.now();
const end = begin + Number(values.seconds) * 1000;
/** How many flows of each topology. @type {Record<string, number>} */
const flows = {};
let messages = 0;
let failures = 0;
let reported = begin;

/** @param {number} seed */
async function check(seed) {
  const flow = flowOf(seed);
  const fault = await faultOfFlow(flow);
  flows[flow.topology] = (flows[flow.topology] ?? 0) + 1;
  messages += flow.count * flow.producers;
  if (fault === undefined) return;
  console.log(`${fault}\n  again: npm run stress -- --flow ${seed}\n  ${JSON.stringify(flow)}`);
  process.exitCode = 1;
  failures++;
}

function report() {
  const seconds = Math.round((performance.now() - begin) / 1000);
  const counts = Object.entries(flows).map(([topology, count]) => `${topology} ${count}`);
  console.log(`${String(seconds).padStart(6)} s  ${messages} messages, flows: ${counts.join(', ')}`);
}

if (values.flow !== undefined) await check(Number(values.flow));
else {
  console.log(`seed ${values.seed}`);
  while (performance.now() < end && failures < FAILURES_MAX) {
    await check(Math.floor(random() * 2 ** 31));
    if (performance.now() - reported < REPORT_MS) continue;
    report();
    reported = performance.now();
  }
}
report();
console.log(process.exitCode ? 'failed' : 'each message once, whole and in order');
