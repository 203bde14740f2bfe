import type { Mutant } from './mutants.ts';

/** Seeded bugs of broadcast rings that drop the oldest. */
export const LAPPING_MUTANTS: readonly Mutant[] = [
  {
    name: 'lapping: a reader does not say that it reads',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'return compareExchange(this.words, this.#cursor(subscription), word, word | READING) === word;',
      to: 'return load(this.words, this.#cursor(subscription)) === word;',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: a reader says that it reads wherever its cursor is',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'return compareExchange(this.words, this.#cursor(subscription), word, word | READING) === word;',
      to: 'for (let w = load(this.words, this.#cursor(subscription)); compareExchange(this.words, this.#cursor(subscription), w, word | READING) !== w; w = load(this.words, this.#cursor(subscription))); return true;',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: a reader reads though its cursor was pushed on',
    patch: {
      file: 'lapping-reader.js',
      from: 'if (!lapping.beginReading(this.subscription, at)) {',
      to: 'lapping.beginReading(this.subscription, at); if (false) {',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: a push does not compare',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'const seen = compareExchange(this.words, this.#cursor(subscription), word, this.wordOf(to));',
      to: 'const seen = word; for (let w = load(this.words, this.#cursor(subscription)); compareExchange(this.words, this.#cursor(subscription), w, this.wordOf(to)) !== w; w = load(this.words, this.#cursor(subscription)));',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
];
