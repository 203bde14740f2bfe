import { OptionError } from '../errors.ts';
import { viewsAreChecked } from '../view-checks.ts';
import { moveBytes } from './set-bytes.ts';

/**
 * Arrays of bytes of one length that lie one behind the other in one buffer, as the messages of a `bytes(n)` ring do. The
 * rows can be looked at and written to, and not replaced: where views are checked (`checkViews`), trying to throws.
 */
export class ByteRows extends Array<Uint8Array> {
  /** The memory of all rows together. */
  readonly bytes: Uint8Array;
  /** Bytes of one row. */
  readonly size: number;

  constructor(bytes: Uint8Array, size: number) {
    super();
    this.bytes = bytes;
    this.size = size;
    for (let at = 0; at < bytes.length; at += size) this.push(bytes.subarray(at, at + size));
    if (viewsAreChecked()) Object.freeze(this); // Not always: engines read frozen arrays several times slower.
  }

  /** What `slice` and `map` make are ordinary arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** `count` rows from number `from` on. */
  part(from: number, count: number): Uint8Array {
    const { bytes, size } = this;
    return count * size === bytes.length ? bytes : bytes.subarray(from * size, (from + count) * size);
  }

  /** Copies a message into a row. */
  put(row: number, message: Uint8Array): void {
    if (message.length !== this.size) throw otherSize(this.size, message.length);
    moveBytes(this.bytes, message, row * this.size);
  }
}

/** The rows have another size than the messages. */
export function otherSize(rowBytes: number, messageBytes: number): OptionError {
  return new OptionError(
    'rows',
    `Rows of ${rowBytes} bytes can't take a message of ${messageBytes}: use byteRows(count, ${messageBytes}).`,
  );
}

/**
 * Room for `count` messages of `size` bytes each, or the messages that stand in `bytes` already, one behind the other: for
 * `writer.offerAll(rows)` and `reader.drainInto(rows)` of a `bytes(size)` ring, which then copy all of them at once. Make it
 * once and use it again: row `i` is always the same `Uint8Array` over the same memory.
 */
export function byteRows(count: number | Uint8Array, size: number): readonly Uint8Array[] & ByteRows {
  if (!Number.isInteger(size) || size < 1) {
    throw new OptionError('size', `A row has a whole number of bytes from 1, got ${size}.`);
  }
  const bytes = typeof count === 'number' ? room(count, size) : count;
  if (bytes.length % size === 0) return new ByteRows(bytes, size);
  throw new OptionError('size', `${bytes.length} bytes are not a whole number of rows of ${size} bytes.`);
}

function room(count: number, size: number): Uint8Array {
  if (Number.isInteger(count) && count >= 0) return new Uint8Array(count * size);
  throw new OptionError('count', `There are a whole number of rows from 0, got ${count}.`);
}
