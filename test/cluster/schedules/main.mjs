/**
 * Random schedules of the bus against what it promises, under a virtual clock.
 *
 *   node test/cluster/schedules/main.mjs --schedules 10000 --seed 1
 *   node test/cluster/schedules/main.mjs --seed 1 --path 4711:0     one schedule again, as a failure names it
 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { run, schedules } from './schedule.mjs';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    path: { type: 'string' },
  },
});

const seed = Number(values.seed);
console.log(`seed ${seed}`);
const begin = performance.now();
/** @type {Record<string, number>} */
const counted = {};
/** Milliseconds between two lines of progress. */
const TELL_MS = 10_000;
let told = begin;
let done = 0;
const holds = fc.asyncProperty(schedules, async (schedule) => {
  if (performance.now() - told > TELL_MS) {
    told = performance.now();
    console.log(`${done} of ${values.schedules} schedules, ${((told - begin) / 1000).toFixed(0)} s`);
  }
  done++;
  const fault = await run(schedule);
  if (fault !== undefined) throw new Error(fault);
  for (const { do: what } of schedule.commands) counted[what] = (counted[what] ?? 0) + 1;
});
const details = await fc.check(holds, {
  seed,
  numRuns: Number(values.schedules),
  ...(values.path === undefined ? {} : { path: values.path, endOnFailure: true }),
});
const seconds = ((performance.now() - begin) / 1000).toFixed(1);
const what = Object.entries(counted).map(([name, count]) => `${count} × ${name}`);
console.log(`${details.numRuns} schedules, ${seconds} s: ${what.join(', ')}`);
if (details.failed) {
  console.log(await fc.asyncDefaultReportMessage(details));
  process.exitCode = 1;
}
