import type { FixedBinding } from './codec/codec.ts';
import { CorruptRingError } from './errors.ts';

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

/** A length read from shared memory is checked before anything is read by it. */
export function checkedLength(length: number, maxBytes: number): number {
  if (length >= 0 && length <= maxBytes) return length;
  throw new CorruptRingError(
    `A message claims ${length} bytes where at most ${maxBytes} are possible: something outside the ring ` +
      'wrote into its memory. Close it and create a new one.',
  );
}
