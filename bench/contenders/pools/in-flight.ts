import type { RunningPool } from '../contender.ts';
import type { Item } from './work.ts';

/** Items under way, so that no pool waits for the main thread, and none gets a million promises at once. */
const IN_FLIGHT = 1024;

/** A pool with one call an item. Results are awaited in the order of the items. */
export function eachOnItsOwn(
  run: (item: Item) => PromiseLike<unknown>,
  close: RunningPool['close'],
): RunningPool {
  return {
    run: (records, see) => keepInFlight(IN_FLIGHT, records, run, see),
    close,
  };
}

/** A pool that is called with arrays of items, as its user can do by hand. */
export function inArrays(
  size: number,
  run: (items: Item[]) => PromiseLike<unknown>,
  close: RunningPool['close'],
): RunningPool {
  return {
    run: (records, see) =>
      keepInFlight(Math.ceil(IN_FLIGHT / size), arraysOf(records, size), run, (results) => {
        for (const result of results as unknown[]) see(result);
      }),
    close,
  };
}

/** At most so many calls at a time; the oldest is awaited first. */
async function keepInFlight<T>(
  most: number,
  source: Iterable<T>,
  run: (one: T) => PromiseLike<unknown>,
  see: (result: unknown) => void,
): Promise<void> {
  const pending: PromiseLike<unknown>[] = [];
  let called = 0;
  for (const one of source) {
    if (called >= most) see(await pending[called % most]);
    pending[called++ % most] = run(one);
  }
  for (let call = Math.max(0, called - most); call < called; call++) see(await pending[call % most]);
}

function* arraysOf(records: Iterable<Item>, size: number): Generator<Item[]> {
  let array: Item[] = [];
  for (const record of records) {
    if (array.push(record) < size) continue;
    yield array;
    array = [];
  }
  if (array.length > 0) yield array;
}
