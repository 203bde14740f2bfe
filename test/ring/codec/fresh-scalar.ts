import type { FixedCodec } from '../../../src/ring/codec/codec.ts';
import { ScalarCodec } from '../../../src/ring/codec/scalar.ts';

/**
 * The same codec, not yet compiled. A codec decides once whether it works with generated code, and the numbers are
 * constants that all tests of a file share.
 */
export function fresh<T>(codec: FixedCodec<T>): FixedCodec<T> {
  if (!(codec instanceof ScalarCodec)) throw new TypeError('Only scalars are constants.');
  return new ScalarCodec<T>(codec.spec, codec.scalar);
}
