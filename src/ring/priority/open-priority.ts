import type { BaseRing } from '../base-ring.ts';
import type { CodecSlot, CodecValue, CodecView } from '../codec/codec.ts';
import { BadHandleError, OptionError } from '../errors.ts';
import { type AnyCodec, controlOf, mpmc, open } from '../open.ts';
import type { Ring, RingOptions } from '../ring.ts';
import { type PriorityHandle, PriorityRing } from './priority-ring.ts';

/** The options of `priority`: those of its levels' rings, each of which has them all. */
export interface PriorityOptions extends RingOptions {
  /** How many levels of urgency: 1 to 64. */
  readonly levels: number;
  /**
   * How many messages of more urgent levels may go before a message that waits, at most: then its level is served. Counted
   * by each reader for itself, between calls: a `drain` or a batch of one level is not interrupted. Messages of a batch that
   * were not looked at do not count. Default 64.
   */
  readonly guard?: number;
}

const LEVELS_MAX = 64;
const DEFAULT_GUARD = 64;

/**
 * A queue with levels of urgency for any number of writers and readers: `ring.writer.offer(v, { level: 0 })` is
 * the most urgent. Order holds within a level.
 */
export function priority<C extends AnyCodec>(codec: C, options: PriorityOptions): PriorityOf<C> {
  const { levels, guard = DEFAULT_GUARD, ...each } = options;
  wholeNumber('levels', levels, LEVELS_MAX);
  wholeNumber('guard', guard, Number.MAX_SAFE_INTEGER);
  if (each.capacity === 0) {
    throw new OptionError(
      'capacity',
      'A priority ring has a capacity of at least 1: urgency says which of the messages there goes first.',
    );
  }
  const rings = Array.from({ length: levels }, () => mpmc(codec, each));
  return priorityOf(rings, guard);
}

type PriorityOf<C extends AnyCodec> = PriorityRing<CodecValue<C>, CodecView<C>, CodecSlot<C>>;

/** `open` for the handle of a priority ring. */
export function openPriority<C extends AnyCodec>(handle: PriorityHandle, codec: C): PriorityOf<C>;
export function openPriority<T, V = T>(handle: PriorityHandle): PriorityRing<T, V>;
export function openPriority(handle: PriorityHandle, codec?: AnyCodec): PriorityRing<unknown, unknown> {
  const { levels, guard } = checkedPriorityHandle(handle);
  const rings = levels.map((level) => (codec === undefined ? open(level) : open(level, codec)));
  if (rings.some(({ topology }) => topology !== 'mpmc')) throw noPriorityHandle();
  return priorityOf(rings, guard);
}

function priorityOf<T, V, S>(rings: readonly Ring<T, V, S>[], guard: number): PriorityRing<T, V, S> {
  const { handle } = rings[0] as Ring<T, V, S>;
  const control = controlOf(handle);
  for (const level of rings.slice(1)) (level as BaseRing<T, V, S>).endAs(control);
  return new PriorityRing(rings, control, handle.wait, guard);
}

function checkedPriorityHandle(handle: unknown): PriorityHandle {
  const { millrace, levels, guard } = (handle ?? {}) as Partial<PriorityHandle>;
  const fits = Array.isArray(levels) && levels.length >= 1 && levels.length <= LEVELS_MAX;
  if (millrace !== 1 || !fits || !Number.isInteger(guard) || (guard as number) < 1) throw noPriorityHandle();
  return handle as PriorityHandle;
}

function noPriorityHandle(): BadHandleError {
  return new BadHandleError(
    "This is not the handle of a priority ring: pass on `ring.handle` as it is. Other rings' handles are for open().",
  );
}

function wholeNumber(option: string, value: unknown, most: number): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) return;
  throw new OptionError(
    option,
    `${option} must be a whole number from 1 to ${most}, got ${JSON.stringify(value)}.`,
  );
}
