import { describe, expect, test } from 'vitest';
import { type Flow, faultOfFlow, flowOf } from './flow.mjs';

/** `STRESS_SEED=…` runs a failure again, as far as threads let themselves be run again. */
const { STRESS_SEED } = process.env;
const SEED = Number(STRESS_SEED ?? Date.now() % 1_000_000);
const MESSAGES = 4000;

type Setup = Pick<Flow, 'topology' | 'producers' | 'consumers'> & Partial<Flow>;

const SETUPS: Record<string, Setup> = {
  spsc: { topology: 'spsc', producers: 1, consumers: 1 },
  'spsc, main thread reads': { topology: 'spsc', producers: 1, consumers: 1, mainConsumes: true },
  'spsc, main thread writes': { topology: 'spsc', producers: 1, consumers: 1, mainProduces: true },
  'mpsc 3 to 1': { topology: 'mpsc', producers: 3, consumers: 1, mainConsumes: true },
  'spmc 1 to 3': { topology: 'spmc', producers: 1, consumers: 3, mainProduces: true },
  'mpmc 2 to 2': { topology: 'mpmc', producers: 2, consumers: 2 },
  'mpmc 3 to 3': { topology: 'mpmc', producers: 3, consumers: 3, mainConsumes: true },
  'broadcast 2 to 2': { topology: 'broadcast', producers: 2, consumers: 2 },
  'mpmc 2 to 2, drop-oldest': { topology: 'mpmc', producers: 2, consumers: 2, overflow: 'drop-oldest' },
  'spsc, drop-newest': { topology: 'spsc', producers: 1, consumers: 1, overflow: 'drop-newest' },
};

describe.each(Object.entries(SETUPS))('%s', (name, setup) => {
  test.each([1, 2, 7, 64, 4096])(
    'every message arrives once, whole, and in its producer’s order, with a capacity of %i',
    async (capacity) => {
      const count = Math.floor((capacity < 64 ? MESSAGES / 3 : MESSAGES) / setup.producers);
      const random = flowOf(SEED + capacity * 31 + name.length * 1009);
      const where = { mainProduces: false, mainConsumes: false, overflow: 'block' } as const;
      const flow: Flow = { ...random, ...where, ...setup, capacity, count };
      expect(await faultOfFlow(flow), `STRESS_SEED=${SEED} ${JSON.stringify(flow)}`).toBeUndefined();
    },
    60_000,
  );
});
