import type { RunningPool } from '../contender.ts';
import { type Item, itemOf } from './work.ts';

/** Items under way, so that no pool waits for the main thread, and none gets a million promises at once. */
const IN_FLIGHT = 1024;

/** A pool with one call an item. Results are awaited in the order of the items. */
export function eachOnItsOwn(
  run: (item: Item) => PromiseLike<unknown>,
  close: RunningPool['close'],
): RunningPool {
  return {
    async run(count, see) {
      const pending: PromiseLike<unknown>[] = [];
      for (let i = 0; i < count; i++) {
        if (i >= IN_FLIGHT) see(await pending[i % IN_FLIGHT]);
        pending[i % IN_FLIGHT] = run(itemOf(i));
      }
      for (let i = Math.max(0, count - IN_FLIGHT); i < count; i++) see(await pending[i % IN_FLIGHT]);
    },
    close,
  };
}

/** A pool that is called with arrays of items, as its user can do by hand. */
export function inArrays(
  size: number,
  run: (items: Item[]) => PromiseLike<unknown>,
  close: RunningPool['close'],
): RunningPool {
  const inFlight = Math.ceil(IN_FLIGHT / size);
  return {
    async run(count, see) {
      const arrays = Math.ceil(count / size);
      const pending: PromiseLike<unknown>[] = [];
      const seeAll = async (at: number) => {
        for (const result of (await pending[at % inFlight]) as unknown[]) see(result);
      };
      for (let i = 0; i < arrays; i++) {
        if (i >= inFlight) await seeAll(i);
        pending[i % inFlight] = run(itemsFrom(i * size, Math.min(size, count - i * size)));
      }
      for (let i = Math.max(0, arrays - inFlight); i < arrays; i++) await seeAll(i);
    },
    close,
  };
}

const itemsFrom = (first: number, count: number): Item[] =>
  Array.from({ length: count }, (_, i) => itemOf(first + i));
