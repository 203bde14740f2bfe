import type { Mutant } from './mutants.ts';

/** More seeded bugs of spsc rings. */
export const MORE_SPSC_MUTANTS: readonly Mutant[] = [
  {
    name: 'spsc: release by a load and a store',
    patch: {
      file: 'spsc-reader.js',
      from: 'const seen = exchange(this.words, CONSUMER_CURSOR, this.position);',
      to: 'const seen = load(this.words, CONSUMER_CURSOR); exchange(this.words, CONSUMER_CURSOR, this.position);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: release over a flag',
    patch: {
      file: 'spsc-reader.js',
      from: 'const seen = compareExchange(this.words, CONSUMER_CURSOR, this.released, next); if (seen === this.released)',
      to: 'const seen = exchange(this.words, CONSUMER_CURSOR, next); if (true)',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: a sleeping writer is not woken before the release',
    patch: {
      file: 'spsc-reader.js',
      from: 'this.released); this.control.wakeWriters();',
      to: 'this.released);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: publication over a flag without a wake-up',
    patch: {
      file: 'spsc-writer.js',
      from: 'if (seen !== this.position) this.#publishOverFlags(seen, next);',
      to: 'if (seen !== this.position) compareExchange(this.words, PRODUCER_CURSOR, seen, next);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: an end wakes no writers',
    patch: {
      file: 'spsc-writer.js',
      from: 'control.wakeReaders(); control.wakeWriters();',
      to: 'control.wakeReaders();',
    },
    scenario: 'spsc: a writer waits when the ring is closed',
  },
  {
    name: 'spsc: a writer about to sleep does not look for the end',
    patch: { file: 'spsc-writer.js', from: 'this.#needed && !this.#isClosed();', to: 'this.#needed;' },
    scenario: 'spsc: a writer waits when the ring is closed',
  },
  {
    name: 'spsc: a spinning writer does not look for the end',
    patch: { file: 'spsc-writer.js', from: '>= this.#needed || this.#isClosed();', to: '>= this.#needed;' },
    scenario: 'spin: a writer waits when the ring is closed',
  },
  {
    name: 'spsc: a spinning reader does not look for the end',
    patch: {
      file: 'spsc-reader.js',
      from: 'return (cursor & ~FLAGS) !== this.released || (cursor & CLOSED) !== 0;',
      to: 'return (cursor & ~FLAGS) !== this.released;',
    },
    scenario: 'spin: spsc, close',
  },
  {
    name: 'spsc: repair leaves a close half done',
    patch: { file: 'base-ring.js', from: 'if (this.control.closed) this.markEnd();', to: '' },
    scenario: 'spsc: a closer dies, nobody closes again',
  },
];
