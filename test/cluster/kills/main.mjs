/**
 * Kills members of groups, and senders, under load: nothing is lost, nothing committed comes again, no id or number is written twice.
 *
 *   node test/cluster/kills/main.mjs --kills 2000
 *   node test/cluster/kills/main.mjs --kills 670 --only members-key
 */
import { parseArgs } from 'node:util';
import { killMembers } from './members.mjs';
import { killIdSenders, killProducers } from './senders.mjs';

/** @typedef {{ kills: number, onKill: (kills: number) => void }} Options */
/** @type {Record<string, (options: Options) => Promise<Record<string, number>>>} */
const kinds = {
  'members-partition': (options) => killMembers({ ordering: 'partition', ...options }),
  'members-key': (options) => killMembers({ ordering: 'key', ...options }),
  'members-none': (options) => killMembers({ ordering: 'none', ...options }),
  'senders-ids': killIdSenders,
  'senders-numbers': killProducers,
};
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '2000' },
    only: { type: 'string', multiple: true, default: Object.keys(kinds) },
  },
});
/** Milliseconds between two lines of progress. */
const TELL_MS = 10_000;
const each = Math.ceil(Number(values.kills) / values.only.length);

for (const name of values.only) {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`There is no '${name}': ${Object.keys(kinds).join(', ')}.`);
  const began = performance.now();
  let told = began;
  const seconds = () => ((performance.now() - began) / 1000).toFixed(0);
  const onKill = (/** @type {number} */ kills) => {
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    console.log(`${name}: ${kills} of ${each} killed, ${seconds()} s`);
  };
  const result = await kind({ kills: each, onKill });
  const counts = Object.entries(result).map(([what, count]) => `${count} ${what}`);
  console.log(`${name}: ${counts.join(', ')}, ${seconds()} s`);
  if (['lost', 'doubled', 'again'].some((fault) => (result[fault] ?? 0) > 0)) process.exitCode = 1;
}
