/**
 * Hands malformed handles, rings and records to the library, each made from a number, and checks that it refuses them with a
 * clear error or does something sensible; that it never crashes, hangs or reads what is not its own.
 *
 *   node test/properties/main.mjs --inputs 1000000 --seed 1
 *   node test/properties/main.mjs --form ring --seed 1 --attempt 4711     one input again, with what it throws
 */
import { parseArgs } from 'node:util';
import { seeded } from '../threads/seeded.mjs';
import { ATTEMPTS } from './attempts.mjs';
import { tryMalformed } from './malformed.mjs';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    form: { type: 'string', multiple: true },
    attempt: { type: 'string' },
  },
});
const SHARES = { handle: 0.2, cell: 0.1, ring: 0.2, turns: 0.3, record: 0.2 };
const seed = Number(values.seed);
const forms = /** @type {import('./malformed.mjs').Form[]} */ (values.form ?? Object.keys(SHARES));

if (values.attempt !== undefined) {
  const at = Number(values.attempt);
  const form = forms[0] ?? 'handle';
  console.log(ATTEMPTS[form](seeded(Math.imul(seed ^ at, 0x9e3779b1) + at)));
} else {
  console.log(`seed ${seed}`);
  const shares = forms.reduce((sum, form) => sum + SHARES[form], 0);
  for (const form of forms) {
    const begin = performance.now();
    const count = Math.ceil((Number(values.inputs) * SHARES[form]) / shares);
    const { refused, accepted, faults, hangs } = await tryMalformed(form, seed, 0, count);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    const found = `${refused} refused, ${accepted} accepted, ${faults.length} faults, ${hangs.length} hangs`;
    console.log(`${form.padEnd(8)} ${count} inputs: ${found}, ${seconds} s`);
    for (const { attempt, stack } of faults.slice(0, 8)) console.log(`  ${form} ${attempt}: ${stack}`);
    if (hangs.length > 0) console.log(`  hang: ${form} ${hangs}`);
    if (faults.length + hangs.length > 0) process.exitCode = 1;
  }
}
