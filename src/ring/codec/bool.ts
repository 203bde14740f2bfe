import type { FixedCodec } from './codec.ts';
import { ScalarCodec } from './scalar.ts';

/** `true` or `false` in 1 byte. Truthy and falsy values are refused with `EncodeError`: they are usually a mistake. */
export const bool: FixedCodec<boolean> = /* @__PURE__ */ new ScalarCodec<boolean>(
  { name: 'bool' },
  {
    words: 'u8',
    expected: 'true or false',
    encode: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
    decode: (word) => word !== 0,
    source: {
      constants: {},
      word: (value) => `${value} ? 1 : 0`,
      refuses: (value) => `typeof ${value} !== 'boolean'`,
      value: (word) => `(${word} !== 0)`,
      partial: false,
    },
  },
);
