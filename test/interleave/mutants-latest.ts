import type { Mutant } from './mutants.ts';

/** Seeded bugs of a cell for one value. There are no more kinds of step in it to get wrong than these touch. */
export const LATEST_MUTANTS: readonly Mutant[] = [
  {
    name: 'latest: the version before the value',
    patch: {
      file: 'latest.js',
      from: 'const at = this.#bufferOf(next);',
      to: 'const at = this.#bufferOf(next); store(this.#words, VERSION, next);',
    },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the length is not written',
    patch: { file: 'latest.js', from: 'store(this.#words, at, length);', to: '' },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the length is always the same',
    patch: { file: 'latest.js', from: 'store(this.#words, at, length);', to: 'store(this.#words, at, 8);' },
    scenario: 'latest: values of variable size',
  },
  {
    name: 'latest: no second look at the version',
    patch: {
      file: 'latest.js',
      from: 'if (distance(load(this.#words, VERSION), version) < BUFFERS - 1)',
      to: 'if (true)',
    },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: the second look is too generous',
    patch: { file: 'latest.js', from: 'version) < BUFFERS - 1)', to: 'version) < BUFFERS)' },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: the second look compares numbers',
    patch: {
      file: 'latest.js',
      from: 'distance(load(this.#words, VERSION), version)',
      to: 'load(this.#words, VERSION) - version',
    },
    scenario: 'latest: the version passes 2 ** 31',
  },
  {
    name: 'latest: the second look comes before the copy',
    patch: {
      file: 'latest.js',
      from: 'const length = this.#copyFrom(this.#bufferOf(version)); if (distance(load(this.#words, VERSION), version)',
      to: 'const again = load(this.#words, VERSION); const length = this.#copyFrom(this.#bufferOf(version)); if (distance(again, version)',
    },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: a reader is never content',
    patch: { file: 'latest.js', from: 'version) < BUFFERS - 1)', to: 'version) < 0)' },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: one buffer for all versions',
    patch: { file: 'latest.js', from: '(version & (BUFFERS - 1))', to: '0' },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the reader looks at the next buffer',
    patch: {
      file: 'latest.js',
      from: 'this.#copyFrom(this.#bufferOf(version))',
      to: 'this.#copyFrom(this.#bufferOf(version + 1))',
    },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the writer overwrites the value shown',
    patch: { file: 'latest.js', from: 'this.#bufferOf(next);', to: 'this.#bufferOf(next - 1);' },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: version 0 comes round',
    patch: { file: 'latest.js', from: 'next === 0 ? 8 : next', to: 'next' },
    scenario: 'latest: the version passes 0',
  },
  {
    name: 'latest: behind the wrap the version has another buffer',
    patch: { file: 'latest.js', from: 'next === 0 ? 8 : next', to: 'next === 0 ? 1 : next' },
    scenario: 'latest: the version passes 0',
  },
  {
    name: 'latest: the version has one bit (ABA)',
    patch: { file: 'latest.js', from: 'next === 0 ? 8 : next', to: '(next & 1) + 2' },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: the version does not move',
    patch: {
      file: 'latest.js',
      from: '(load(this.#words, VERSION) + 1) | 0',
      to: '(load(this.#words, VERSION) | 1)',
    },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the version moves by two',
    patch: { file: 'latest.js', from: 'VERSION) + 1) | 0', to: 'VERSION) + 2) | 0' },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the last word is not written',
    patch: {
      file: 'latest.js',
      from: 'i < (length + 3) >> 2; i++) store',
      to: 'i < ((length + 3) >> 2) - 1; i++) store',
    },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the last word is not copied',
    patch: {
      file: 'latest.js',
      from: 'i < (length + 3) >> 2; i++) this.#copy',
      to: 'i < ((length + 3) >> 2) - 1; i++) this.#copy',
    },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: values are copied by plain loads',
    patch: {
      file: 'latest.js',
      from: 'this.#copy.i32[i] = load(this.#words, at + 2 + i);',
      to: 'this.#copy.i32[i] = this.#words[at + 2 + i];',
    },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: values are written by plain stores',
    patch: {
      file: 'latest.js',
      from: 'store(this.#words, at + 2 + i, this.#source[i]);',
      to: 'this.#words[at + 2 + i] = this.#source[i];',
    },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: repair frees nobody',
    patch: { file: 'latest.js', from: 'compareExchange(this.#words, WRITER, tokenOf(threadId), 0);', to: '' },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the writer has no role to take',
    patch: {
      file: 'latest.js',
      from: 'compareExchange(this.#words, WRITER, 0, threadToken);',
      to: 'compareExchange(this.#words, WRITER, 0, 99);',
    },
    scenario: 'latest: one sets, one gets',
  },
  {
    name: 'latest: the length read is not used',
    patch: {
      file: 'latest.js',
      from: 'return this.#decode(length);',
      to: 'return this.#decode(this.#bytes);',
    },
    scenario: 'latest: values of variable size',
  },
];
