import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../root.ts';
import type { JobDriver } from '../contender.ts';

/** The job sends the same flights both ways and compares the totals; each contender reports one of the two rates. */
const PROGRAM = join(ROOT, 'examples', 'flights', 'main.js');

/** The parts of its `--json` that are used here. */
interface Summary {
  readonly ring: { readonly flightsPerSecond: number };
  readonly postMessage: { readonly flightsPerSecond: number };
}

export const ringJob: JobDriver = jobOver('ring');
export const postMessageJob: JobDriver = jobOver('postMessage');

function jobOver(transport: keyof Summary): JobDriver {
  return {
    async run() {
      const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--json'], {
        maxBuffer: 2 ** 24,
      });
      return (JSON.parse(stdout) as Summary)[transport].flightsPerSecond / 1e6;
    },
  };
}
