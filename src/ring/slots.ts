import type { FixedBinding } from './codec/codec.ts';
import { CorruptRingError, OptionError } from './errors.ts';
import type { Layout } from './layout.ts';

/** What `fill` hands over for each message: `set` writes the whole of it. Valid until the callback returns. */
export interface Slot<T> {
  set(value: T): void;
}

/** Slots of messages of fixed size in one memory, for `fill` to hand over one after the other. */
export class FixedSlots<T, S> {
  readonly #binding: FixedBinding<T, unknown, S>;
  readonly #slotBytes: number;
  readonly #whole: WholeSlot<T>;

  constructor(binding: FixedBinding<T, unknown, S>, slotBytes: number) {
    this.#binding = binding;
    this.#slotBytes = slotBytes;
    this.#whole = new WholeSlot(binding);
  }

  /** Lets `write` fill the slots of messages `from` to `until`, which begin at the byte `at`. */
  handOver(at: number, from: number, until: number, write: (slot: S, i: number) => void): void {
    const binding = this.#binding;
    for (let i = from; i < until; i++) {
      const byte = at + (i - from) * this.#slotBytes;
      if (binding.slot !== undefined) write(binding.slot(byte), i);
      else this.#whole.handOver(byte, i, write as (slot: unknown, i: number) => void);
    }
  }
}

/** For codecs that know no parts. */
class WholeSlot<T> implements Slot<T> {
  readonly #binding: FixedBinding<T, unknown, unknown>;
  #at = 0;
  #isSet = false;

  constructor(binding: FixedBinding<T, unknown, unknown>) {
    this.#binding = binding;
  }

  set(value: T): void {
    this.#binding.write(value, this.#at);
    this.#isSet = true;
  }

  handOver(at: number, i: number, write: (slot: Slot<T>, i: number) => void): void {
    this.#at = at;
    this.#isSet = false;
    write(this, i);
    if (!this.#isSet) throw unset(i);
  }
}

/** For messages that are encoded after all slots have been filled. */
export class ValueSlot<T> implements Slot<T> {
  #value: T | undefined;
  #isSet = false;

  set(value: T): void {
    this.#value = value;
    this.#isSet = true;
  }

  /** What was set for message `i`. */
  valueOf(i: number): T {
    if (!this.#isSet) throw unset(i);
    return this.#value as T;
  }
}

function unset(i: number): OptionError {
  return new OptionError('write', `The callback of fill() must set every message; message ${i} was not set.`);
}

/** Writes values into neighbouring slots, of which each holds exactly one. */
export function writeSlots<T>(
  binding: FixedBinding<T, unknown, unknown>,
  values: ArrayLike<T>,
  from: number,
  count: number,
  at: number,
  slotBytes: number,
): void {
  if (binding.writeAll !== undefined) binding.writeAll(values, from, count, at);
  else for (let i = 0; i < count; i++) binding.write(values[from + i] as T, at + i * slotBytes);
}

/** Reads messages that each fill one slot, `count` from `slot` on and round the end of the ring, into `target`, by `readAll`. */
export function readSlots<T>(
  binding: FixedBinding<T, unknown, unknown>,
  target: T[] | ArrayLike<T>,
  slot: number,
  count: number,
  { payload, slotBytes, slots }: Layout,
): void {
  const untilEnd = Math.min(count, slots - slot);
  binding.readAll?.(target, 0, untilEnd, payload + slot * slotBytes);
  if (untilEnd < count) binding.readAll?.(target, untilEnd, count - untilEnd, payload);
}

/** A length read from shared memory is checked before anything is read by it. */
export function checkedLength(length: number, maxBytes: number): number {
  if (length >= 0 && length <= maxBytes) return length;
  throw new CorruptRingError(
    `A message claims ${length} bytes where at most ${maxBytes} are possible: something outside the ring ` +
      'wrote into its memory. Close it and create a new one.',
  );
}
