import type { Mutant } from './mutants.ts';

/** Seeded bugs of spsc rings, and of waiting. */
export const SPSC_MUTANTS: readonly Mutant[] = [
  {
    name: 'spsc: release wakes nobody',
    patch: { file: 'spsc-reader.js', from: 'if (seen !== this.released)', to: 'if (false)' },
    scenario: 'spsc: putSync, drainSync until all are there',
  },
  {
    name: 'spsc: the writer sleeps without a second look',
    patch: {
      file: 'spsc-writer.js',
      from: 'if (distance(this.freeUntil, this.position) >= this.#needed || this.#isClosed()) return 0;',
      to: 'if (this.#isClosed()) return 0;',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: a sleeping reader does not look for the end',
    patch: {
      file: 'spsc-reader.js',
      from: 'this.released && (cursor & CLOSED) === 0 ?',
      to: 'this.released ?',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: the writer raises no flag before it sleeps',
    patch: {
      file: 'spsc-writer.js',
      from: 'or(this.words, CONSUMER_CURSOR, SLEEPER)',
      to: 'load(this.words, CONSUMER_CURSOR)',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: the reader raises no flag before it sleeps',
    patch: {
      file: 'spsc-reader.js',
      from: 'or(this.words, PRODUCER_CURSOR, SLEEPER)',
      to: 'load(this.words, PRODUCER_CURSOR)',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: a flag is raised by a load and a store',
    patch: {
      file: 'spsc-reader.js',
      from: 'const cursor = or(this.words, PRODUCER_CURSOR, SLEEPER);',
      to: 'const cursor = load(this.words, PRODUCER_CURSOR); exchange(this.words, PRODUCER_CURSOR, cursor | SLEEPER);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: the writer does not register its bell',
    patch: { file: 'spsc-writer.js', from: 'this.control.registerWriter();', to: '' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: the reader does not register its bell',
    patch: { file: 'spsc-reader.js', from: 'this.control.registerReader();', to: '' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: publication ignores the end',
    patch: { file: 'spsc-writer.js', from: 'if ((seen & CLOSED) !== 0)', to: 'if (false)' },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'spsc: the end leaves no mark',
    patch: { file: 'spsc-writer.js', from: 'or(control.memory.i32, PRODUCER_CURSOR, CLOSED);', to: '' },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'spsc: the end wakes no readers',
    patch: { file: 'spsc-writer.js', from: 'CLOSED);\n    control.wakeReaders();', to: 'CLOSED);' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: twice the slots there are',
    patch: {
      file: 'spsc-writer.js',
      from: 'this.#capacity = control.layout.capacity * STEP;',
      to: 'this.#capacity = control.layout.capacity * STEP * 2;',
    },
    scenario: 'spsc: offers and polls, capacity 1',
  },
  {
    name: 'spsc: flags count as part of the producer cursor',
    patch: { file: 'spsc-reader.js', from: 'this.end = cursor & ~FLAGS;', to: 'this.end = cursor;' },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'spsc: the reader looks one message too far',
    patch: {
      file: 'spsc-reader.js',
      from: 'this.end = cursor & ~FLAGS;',
      to: 'this.end = ((cursor & ~FLAGS) + 4) | 0;',
    },
    scenario: 'spsc: offers and polls, capacity 1',
  },
  {
    name: 'spsc: the writer does not move',
    patch: { file: 'spsc-writer.js', from: 'this.position = next;', to: '' },
    scenario: 'spsc: offers and polls, capacity 1',
  },
  {
    name: 'spsc: the reader reads the next slot',
    patch: {
      file: 'fixed-spsc-reader.js',
      from: 'const position = this.position;\n        if (position === this.end && !this.look())',
      to: 'const position = (this.position + STEP) | 0;\n        if (this.position === this.end && !this.look())',
    },
    scenario: 'spsc: offers and polls, capacity 1',
  },
  {
    name: 'spsc: a full ring is written over',
    patch: { file: 'fixed-spsc-writer.js', from: '&& !this.#fetch(position))', to: '&& false)' },
    scenario: 'spsc: offers and polls, capacity 1',
  },
  {
    name: 'spsc: publication before the payload',
    patch: {
      file: 'fixed-spsc-writer.js',
      from: 'this.beginEncoding();',
      to: 'this.publish((position + STEP) | 0, 1); this.beginEncoding();',
    },
    scenario: 'spsc: offers and polls, capacity 1',
  },
  {
    name: 'spsc: the length is not written',
    patch: { file: 'variable-spsc-writer.js', from: '= length;\n', to: '= 8;\n' },
    scenario: 'spsc: variable size',
  },
  {
    name: "spsc: repair does not free the writer's role",
    patch: { file: 'spsc-ring.js', from: 'releaseWriterRole(seat)', to: 'releaseReaderRole(seat)' },
    scenario: 'spsc: the writer dies',
  },
  {
    name: 'spsc: a drain releases less than it read',
    patch: { file: 'spsc-reader.js', from: 'if (this.position !== from)', to: 'if (false)' },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'spsc: the reader arms without a second look',
    patch: {
      file: 'spsc-reader.js',
      from: 'return (cursor & ~FLAGS) === this.released && (cursor & CLOSED) === 0 ?',
      to: 'return (cursor & CLOSED) === 0 ?',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: publication wakes nobody',
    patch: {
      file: 'spsc-writer.js',
      from: 'seen = witnessed;\n        }\n        this.control.wakeReaders();',
      to: 'seen = witnessed;\n        }',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: a slot more than there is',
    patch: {
      file: 'spsc-writer.js',
      from: 'this.#capacity = control.layout.capacity * STEP;',
      to: 'this.#capacity = (control.layout.capacity + 1) * STEP;',
    },
    scenario: 'spsc: offers and polls, capacity 1',
  },
];
