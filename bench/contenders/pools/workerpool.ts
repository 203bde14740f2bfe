import { fileURLToPath } from 'node:url';
import workerpool from 'workerpool';
import type { Contender } from '../contender.ts';
import { eachOnItsOwn } from './in-flight.ts';

export const workerPool: Contender = {
  name: 'workerpool',
  about: () => 'one call an item',
  does: ({ kind }) => kind === 'pool',
  pool: {
    open({ threads }) {
      const module = fileURLToPath(new URL('./workerpool-thread.js', import.meta.url));
      const pool = workerpool.pool(module, {
        minWorkers: threads,
        maxWorkers: threads,
        workerType: 'thread',
      });
      return eachOnItsOwn(
        (item) => pool.exec('handle', [item]) as unknown as PromiseLike<unknown>,
        async () => void (await pool.terminate()),
      );
    },
  },
};
