import { OptionError } from '../errors.ts';
import type { Lot } from '../lot.ts';
import type { TimeoutOption } from '../ring.ts';
import { throwIfAborted, type WaitOptions, waitUntil } from './async-wait.ts';
import { countdown, lookAround, type Waitable, waitSync } from './wait-strategy.ts';

/** What can be waited for together with others: a reader, or something else that rings this thread's bell. */
export interface Selectable {
  readonly waitable: { readonly lot: Lot; readonly messages: Waitable };
}

/**
 * Waits until at least one of `readers` has a message or has ended, and returns it, the first in the list if
 * there are several. The thread sleeps once, on its one bell, however many readers there are. The event loop
 * stays free. Throws `TimeoutError` or the signal's reason.
 */
export async function select<R extends Selectable>(
  readers: readonly R[],
  options: WaitOptions = {},
): Promise<R> {
  throwIfAborted(options);
  const { lot, any } = allOf(readers);
  let found = firstReady(readers) as R | undefined;
  const attempt = () => {
    found = firstReady(readers);
    return found !== undefined;
  };
  const target = { attempt, arm: () => any.arm() };
  if (found === undefined && lookAround(any)) attempt();
  if (found === undefined)
    await waitUntil(target, lot.seat, new Set(), options, 'Selecting from empty rings');
  return found as R;
}

/** `select`, blocking this thread; `undefined` when the time ran out. */
export function selectSync<R extends Selectable>(
  readers: readonly R[],
  options: TimeoutOption = {},
): R | undefined {
  const { lot, any } = allOf(readers);
  const left = countdown(options.timeout);
  while (waitSync(any, lot, 'adaptive', left())) {
    const found = firstReady(readers);
    if (found !== undefined) return found; // Otherwise another thread was quicker.
  }
  return undefined;
}

function firstReady<R extends Selectable>(readers: readonly R[]): R | undefined {
  return readers.find((reader) => reader.waitable.messages.ready());
}

function allOf(readers: readonly Selectable[]): { lot: Lot; any: Waitable } {
  const first = readers[0];
  if (first === undefined) throw new OptionError('readers', 'select() needs at least one reader.');
  const { lot } = first.waitable;
  const waitables = readers.map((reader) => {
    if (reader.waitable.lot === lot) return reader.waitable.messages;
    throw new OptionError(
      'readers',
      'These rings were created by threads that did not know of each other, so one sleep can not wait for all of them. ' +
        'Create them in one thread, or open one ring of the others before creating one.',
    );
  });
  const any: Waitable = {
    ready: () => waitables.some((one) => one.ready()),
    arm: () => Math.min(...waitables.map((one) => one.arm())),
  };
  return { lot, any };
}
