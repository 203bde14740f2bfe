import { Tinypool } from 'tinypool';
import type { Contender } from '../contender.ts';
import { eachOnItsOwn } from './in-flight.ts';

export const tinypool: Contender = {
  name: 'tinypool',
  about: () => 'one call an item',
  does: ({ kind }) => kind === 'pool',
  pool: {
    open({ threads }) {
      const filename = new URL('./work-thread.js', import.meta.url).href;
      const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads });
      return eachOnItsOwn(
        (item) => pool.run(item),
        () => pool.destroy(),
      );
    },
  },
};
