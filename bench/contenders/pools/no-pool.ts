import { getEnvironmentData } from 'node:worker_threads';
import type { Contender } from '../contender.ts';
import { score, WORK_US } from './work.ts';

/** No pool at all: the main thread calls the function. What a pool has to beat to be worth it. */
export const noPool: Contender = {
  name: 'no-pool',
  about: () => 'the main thread does it',
  does: (scenario) => scenario.kind === 'pool',
  pool: {
    open() {
      const workUs = getEnvironmentData(WORK_US) as number;
      return {
        async run(records, see) {
          for (const record of records) see(score(record, workUs));
        },
        close() {},
      };
    },
  },
};
