import { Piscina } from 'piscina';
import type { PoolScenario } from '../../scenarios/index.ts';
import type { Contender } from '../contender.ts';
import { eachOnItsOwn, inArrays } from './in-flight.ts';

const HUNDRED = 100;

const open = ({ threads }: PoolScenario): Piscina =>
  new Piscina({
    filename: new URL('./work-thread.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });

export const piscinas: readonly Contender[] = [
  {
    name: 'piscina',
    about: () => 'one call an item',
    does: ({ kind }) => kind === 'pool',
    pool: {
      open(scenario) {
        const pool = open(scenario);
        return eachOnItsOwn(
          (item) => pool.run(item),
          () => pool.destroy(),
        );
      },
    },
  },
  {
    name: 'piscina-100',
    about: () => 'arrays of 100 items, made by hand',
    does: ({ kind }) => kind === 'pool',
    pool: {
      open(scenario) {
        const pool = open(scenario);
        return inArrays(
          HUNDRED,
          (items) => pool.run(items),
          () => pool.destroy(),
        );
      },
    },
  },
];
