import { fileURLToPath } from 'node:url';
import { FixedThreadPool } from 'poolifier';
import type { Contender } from '../contender.ts';
import { eachOnItsOwn } from './in-flight.ts';
import type { Item, Scored } from './work.ts';

export const poolifier: Contender = {
  name: 'poolifier',
  about: () => 'one call an item',
  does: ({ kind }) => kind === 'pool',
  pool: {
    open({ threads }) {
      const module = fileURLToPath(new URL('./poolifier-thread.js', import.meta.url));
      const pool = new FixedThreadPool<Item, Scored>(threads, module);
      return eachOnItsOwn(
        (item) => pool.execute(item),
        () => pool.destroy(),
      );
    },
  },
};
