/**
 * Kills threads of a ring by the thousand, and counts what became of every message.
 *
 *   node test/kill/main.mjs --kills 1000 --seed 1 --topology mpmc --kind variable
 */
import { parseArgs } from 'node:util';
import { seeded } from '../threads/seeded.mjs';
import { LEAST_CAPACITY } from './payload.mjs';
import { addUp, failures, NO_FAILURES } from './report.mjs';
import { killRound, THREADS } from './round.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '400' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    topology: { type: 'string', multiple: true },
    kind: { type: 'string', multiple: true },
    'kills-per-round': { type: 'string', default: '50' },
    verbose: { type: 'boolean', default: false },
  },
});
const topologies = /** @type {import('./round.mjs').KillTopology[]} */ (
  values.topology ?? Object.keys(THREADS)
);
const kinds = /** @type {import('./payload.mjs').Kind[]} */ (
  values.kind ?? ['fixed', 'small', 'variable', 'custom']
);
const perRound = Number(values['kills-per-round']);
const random = seeded(Number(values.seed));
const capacities = [1, 2, 7, 64, 1000, 4000, 4000];
const pairs = topologies.flatMap((topology) => kinds.map((kind) => ({ topology, kind })));
const rounds = Math.max(1, Math.round(Number(values.kills) / (perRound * pairs.length)));

/** @param {string} what @param {import('./report.mjs').Report} report */
function print(what, report) {
  const { kills, blocked, blockedMs, lost, doubled, claimed, taken, redelivered, diedWithReader } = report;
  const asked = `${kills} kills, blocked ${blocked} (${blockedMs} ms), lost ${lost}, doubled ${doubled}`;
  const half = `left a claim ${claimed}, a take ${taken}`;
  const more = `shown again ${redelivered}, died with its reader ${diedWithReader}, stalled ${report.stalled}`;
  console.log(`${what.padEnd(20)} ${asked}; ${half}; ${more}; ${report.messages} messages`);
}

console.log(`seed ${values.seed}`);
/** @type {import('./report.mjs').Report[]} */
const all = [];
for (const { topology, kind } of pairs) {
  /** @type {import('./report.mjs').Report[]} */
  const reports = [];
  for (let round = 0; round < rounds; round++) {
    const fitting = capacities.filter((capacity) => capacity >= LEAST_CAPACITY[kind]);
    const capacity = fitting[Math.floor(random() * fitting.length)] ?? 64;
    const seed = Math.floor(random() * 2 ** 31);
    const byValue = random() < 0.5;
    const report = await killRound({ topology, kind, kills: perRound, seed, capacity, byValue });
    reports.push(report);
    const bad = JSON.stringify(failures(report)) !== JSON.stringify(NO_FAILURES);
    if (bad || report.blocked > 0) process.exitCode = 1;
    if (bad || report.blocked > 0 || values.verbose)
      console.log({ topology, kind, seed, capacity, byValue, ...report });
  }
  all.push(...reports);
  print(`${topology} ${kind}`, addUp(reports));
}
print('all', addUp(all));
console.log('ways', JSON.stringify(addUp(all).ways));
