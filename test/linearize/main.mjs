/**
 * Records histories on real threads and checks each of them against the sequential specification.
 *
 *   node test/linearize/main.mjs --histories 10000 --seed 1 --subject mpmc
 */
import { parseArgs } from 'node:util';
import { seeded } from '../threads/seeded.mjs';
import { Crew } from './crew.mjs';
import { countBeside } from './history.mjs';
import { longPlan, plan, SUBJECTS } from './plan.mjs';
import { faultOf, faultOfLong } from './verdict.mjs';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '11000' },
    long: { type: 'string', default: '100' },
    calls: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    subject: { type: 'string', multiple: true },
  },
});
const subjects = Object.entries(SUBJECTS).filter(([name]) => values.subject?.includes(name) ?? true);
const queues = subjects.filter(([name, { form }]) => form === 'ring' && !name.includes('drop'));
const random = seeded(Number(values.seed));
const BATCH = 20;

console.log(`seed ${values.seed}`);
const crew = new Crew();
let failed = 0;

/** @param {string} what @param {number} count @param {() => import('./plan.mjs').Plan} make @param {typeof faultOf} check @param {number} batch */
async function checkAll(what, count, make, check, batch) {
  let operations = 0;
  let beside = 0;
  const began = performance.now();
  for (let done = 0; done < count; done += batch) {
    const plans = Array.from({ length: Math.min(batch, count - done) }, make);
    for (const recording of await crew.record(plans)) {
      operations += recording.history.length;
      beside += countBeside(recording.history);
      const fault = check(recording);
      if (fault === undefined) continue;
      failed++;
      console.log(fault);
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const share = Math.round((100 * beside) / operations);
  console.log(
    `${what.padEnd(24)} ${count} histories, ${operations} operations, ${share} % beside another thread's, ${seconds} s`,
  );
}

const each = Math.ceil(Number(values.histories) / Math.max(1, subjects.length));
for (const [name, subject] of subjects) {
  await checkAll(name, each, () => plan(random, name, subject), faultOf, BATCH);
}
const eachLong = Math.ceil(Number(values.long) / Math.max(1, queues.length));
for (const [name, subject] of eachLong > 0 ? queues : []) {
  const calls = Number(values.calls);
  await checkAll(`${name}, long`, eachLong, () => longPlan(random, name, subject, calls), faultOfLong, 1);
}
await crew.end();
console.log(failed === 0 ? 'all linearizable' : `${failed} histories are not linearizable`);
process.exitCode = failed === 0 ? 0 : 1;
