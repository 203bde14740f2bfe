import type { Mutant } from './mutants.ts';

/** Seeded bugs of a cell for one value. */
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
  {
    name: 'latest: a version with its sign set says that nothing was set',
    patch: {
      file: 'latest.js',
      from: 'if (version === 0) return undefined;',
      to: 'if (version <= 0) return undefined;',
    },
    scenario: 'latest: the version passes 2 ** 31',
  },
  {
    name: 'latest: each writer counts from the beginning',
    patch: {
      file: 'latest.js',
      from: 'const next = (load(this.#words, VERSION) + 1) | 0;',
      to: 'const next = (this.sets = (this.sets ?? 0) + 1);',
    },
    scenario: 'latest: the writer dies, another one sets',
  },
  {
    name: 'latest: a writer counts by itself from what it found at first',
    patch: {
      file: 'latest.js',
      from: 'const next = (load(this.#words, VERSION) + 1) | 0;',
      to: 'this.last ??= load(this.#words, VERSION); const next = (this.last = (this.last + 1) | 0);',
    },
    scenario: 'latest: the version passes 0',
  },
  {
    name: 'latest: decoded before the second look',
    patch: {
      file: 'latest.js',
      from: 'if (distance(load(this.#words, VERSION), version) < BUFFERS - 1) return this.#decode(length);',
      to: 'const value = this.#decode(length); if (distance(load(this.#words, VERSION), version) < BUFFERS - 1) return value;',
    },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: the length is loaded anew after the second look',
    patch: {
      file: 'latest.js',
      from: 'return this.#decode(length);',
      to: 'return this.#decode(load(this.#words, this.#bufferOf(version)));',
    },
    scenario: 'latest: values of variable size',
  },
  {
    name: 'latest: a value from the same buffer counts as known',
    patch: {
      file: 'latest.js',
      from: 'const length = this.#copyFrom(this.#bufferOf(version));',
      to: 'const at = this.#bufferOf(version); const length = this.known === at ? this.length : this.#copyFrom(at); this.known = at; this.length = length;',
    },
    scenario: 'latest: one sets often, one gets',
  },
  {
    name: 'latest: the role is looked at and taken in two steps',
    patch: {
      file: 'latest.js',
      from: 'const holder = compareExchange(this.#words, WRITER, 0, threadToken);',
      to: 'const holder = load(this.#words, WRITER); if (holder === 0) store(this.#words, WRITER, threadToken);',
    },
    scenario: 'latest: two want to set',
  },
  {
    name: 'latest: who holds the role is of no interest',
    patch: { file: 'latest.js', from: 'if (holder !== 0 && holder !== threadToken)', to: 'if (false)' },
    scenario: 'latest: two want to set',
  },
  {
    name: 'latest: repair frees the role of whoever holds it',
    patch: {
      file: 'latest.js',
      from: 'compareExchange(this.#words, WRITER, tokenOf(threadId), 0);',
      to: 'store(this.#words, WRITER, 0);',
    },
    scenario: 'latest: a reader dies, another one wants to set',
  },
];
