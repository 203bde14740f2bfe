import type { Mutant } from './mutants.ts';

/** More seeded bugs of spsc rings. */
export const MORE_SPSC_MUTANTS: readonly Mutant[] = [
  {
    name: 'spsc: room compared as numbers',
    patch: {
      file: 'spsc-writer.js',
      from: 'this.#look(); if (distance(this.freeUntil, this.position) >= units) return true;',
      to: 'this.#look(); if (this.freeUntil - this.position >= units) return true;',
    },
    scenario: 'spsc: offers round the wrap',
  },
  {
    name: 'spsc: release by a load and a store',
    patch: {
      file: 'spsc-reader.js',
      from: 'const seen = exchange(this.words, CONSUMER_CURSOR, this.position);',
      to: 'const seen = load(this.words, CONSUMER_CURSOR); exchange(this.words, CONSUMER_CURSOR, this.position);',
    },
    scenario: 'spsc: putSync, drainSync until all are there',
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
      from: 'this.released | RELEASING); this.control.wakeWriters();',
      to: 'this.released | RELEASING);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: publication by an exchange',
    patch: {
      file: 'spsc-writer.js',
      from: 'const seen = compareExchange(this.words, PRODUCER_CURSOR, this.position, next);',
      to: 'const seen = compareExchange(this.words, PRODUCER_CURSOR, load(this.words, PRODUCER_CURSOR), next);',
    },
    scenario: 'spsc: putSync, drainSync, close by a third',
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
    patch: {
      file: 'spsc-writer.js',
      from: '>= this.#needed || this.#isClosed()) return 0;',
      to: '>= this.#needed) return 0;',
    },
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
    name: 'spsc: a full ring does not say that it is closed',
    patch: {
      file: 'spsc-writer.js',
      from: 'this.#needed = units; this.#throwIfClosed();',
      to: 'this.#needed = units;',
    },
    scenario: 'spsc: a writer waits when the ring is closed',
  },
  {
    name: 'spsc: an abandoned batch stays read',
    patch: {
      file: 'spsc-reader.js',
      from: 'this.busy = false; this.position = this.released;',
      to: 'this.busy = false;',
    },
    scenario: 'spsc: a batch is left, and one is abandoned',
  },
  {
    name: 'spsc: a spsc batch left early counts as read',
    patch: {
      file: 'spsc-reader.js',
      from: 'if (all) while (this.position !== this.#batchEnd',
      to: 'while (this.position !== this.#batchEnd',
    },
    scenario: 'spsc: a batch is left, and one is abandoned',
  },
  {
    name: 'spsc: a batch is not released',
    patch: {
      file: 'spsc-reader.js',
      from: 'if (this.position !== this.released) this.release(this.#batchRead);',
      to: '',
    },
    scenario: 'spsc: a batch is left, and one is abandoned',
  },
  {
    name: 'spsc: a message of variable size takes one slot',
    patch: {
      file: 'variable-spsc-reader.js',
      from: 'Math.max(1, Math.ceil(length / this.#slotBytes)) * STEP',
      to: 'STEP',
    },
    scenario: 'spsc: variable size',
  },
  {
    name: 'spsc: a large message begins where the one before began',
    patch: {
      file: 'variable-spsc-writer.js',
      from: 'const before = distance(at, this.position);',
      to: 'const before = 0;',
    },
    scenario: 'spsc: variable size',
  },
  {
    name: 'spsc: batches are written from the beginning',
    patch: {
      file: 'fixed-spsc-writer.js',
      from: 'const untilEnd = Math.min(count, this.mask + 1 - first);',
      to: 'const untilEnd = count;',
    },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'spsc: a drain shows too many',
    patch: {
      file: 'fixed-spsc-reader.js',
      from: 'const count = Math.min(max, distance(this.end, this.position) >> 2) | 0;',
      to: 'const count = Math.min(max, (distance(this.end, this.position) >> 2) + 1) | 0;',
    },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'spsc: drained messages count once',
    patch: {
      file: 'fixed-spsc-reader.js',
      from: 'this.position = (this.position + shown * STEP) | 0;',
      to: 'this.position = (this.position + STEP) | 0;',
    },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: "spsc: repair leaves the reader's role",
    patch: { file: 'spsc-ring.js', from: 'if (control.releaseReaderRole(seat))', to: 'if (false)' },
    scenario: 'spsc: the reader dies',
  },
  {
    name: 'spsc: repair leaves a close half done',
    patch: { file: 'base-ring.js', from: 'this.control.repairEnd(tokenOf(threadId));', to: '' },
    scenario: 'spsc: a closer dies, nobody closes again',
  },
  {
    name: 'spsc: after a death nobody is woken',
    patch: { file: 'base-ring.js', from: 'lot.ringAll();', to: '' },
    scenario: 'spsc: the writer dies while it wakes',
  },
  {
    name: 'spsc: a reader starts at the other cursor',
    patch: {
      file: 'spsc-reader.js',
      from: 'this.position = load(this.words, CONSUMER_CURSOR) & ~FLAGS;',
      to: 'this.position = load(this.words, PRODUCER_CURSOR) & ~FLAGS;',
    },
    scenario: 'spsc: the reader dies',
  },
  {
    name: 'spsc: a writer starts at the other cursor',
    patch: {
      file: 'spsc-writer.js',
      from: 'this.position = load(this.words, PRODUCER_CURSOR) & ~FLAGS;',
      to: 'this.position = load(this.words, CONSUMER_CURSOR) & ~FLAGS;',
    },
    scenario: 'spsc: the writer dies',
  },
  {
    name: 'spsc: the dropped count as written',
    patch: {
      file: 'spsc-writer.js',
      from: 'this.#counters.add(DESK_DROPPED, 1);',
      to: 'this.#counters.add(DESK_WRITTEN, 1);',
    },
    scenario: 'spsc: drop-newest',
  },
  {
    name: 'spsc: a slot sequence of one bit less',
    patch: {
      file: 'spsc-writer.js',
      from: 'const freeUntil = ((cursor & ~FLAGS) + this.#capacity) | 0;',
      to: 'const freeUntil = ((((cursor & ~FLAGS) << 1) >> 1) + this.#capacity) | 0;',
    },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
];
