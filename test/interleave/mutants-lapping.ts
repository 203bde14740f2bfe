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
  {
    name: 'lapping: the missed are not counted',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'add(this.words, this.line(subscription) + SUBSCRIPTION_MISSED, messages);',
      to: '',
    },
    scenario: 'lapping: the missed are counted',
  },
  {
    name: 'lapping: the dropped are not counted',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'SUBSCRIPTION_MISSED, messages); count(messages);',
      to: 'SUBSCRIPTION_MISSED, messages);',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the missed are counted before the push',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'const word = this.wordOf(at); const seen = compareExchange(this.words, this.#cursor(subscription), word, this.wordOf(to));',
      to: 'const word = this.wordOf(at); if (messages > 0) { add(this.words, this.line(subscription) + SUBSCRIPTION_MISSED, messages); count(messages); messages = 0; } const seen = compareExchange(this.words, this.#cursor(subscription), word, this.wordOf(to));',
    },
    scenario: 'lapping: two writers, one subscriber',
  },
  {
    name: 'lapping: the first subscription is not pushed',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'let nobody = true; for (let subscription = 0;',
      to: 'let nobody = true; for (let subscription = 1;',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: only the first subscription is pushed',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'if (!this.#push(subscription, at, to, messages, count)) return false;',
      to: 'return this.#push(subscription, at, to, messages, count);',
    },
    scenario: 'lapping: one writer, two subscribers',
  },
  {
    name: 'lapping: without subscribers nothing is dropped',
    patch: { file: 'lapping-subscriptions.js', from: 'let nobody = true;', to: 'let nobody = false;' },
    scenario: 'lapping: nobody reads',
  },
  {
    name: 'lapping: without subscribers the frontier stays',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'if (nobody && this.raiseFrontier(at, to) === to)',
      to: 'if (nobody)',
    },
    scenario: 'lapping: nobody reads',
  },
  {
    name: 'lapping: without subscribers the dropped are not counted',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'if (nobody && this.raiseFrontier(at, to) === to) count(messages);',
      to: 'if (nobody) this.raiseFrontier(at, to);',
    },
    scenario: 'lapping: without subscribers the dropped are counted',
  },
  {
    name: 'lapping: large messages are pushed past one slot',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'phase === PUBLISHED && !this.#variable ? 1 : this.spanOf(at, word)',
      to: '1',
    },
    scenario: 'lapping: variable size',
  },
  {
    name: 'lapping: a batch is dropped as one message',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'phase === PUBLISHED && !this.#variable ? 1 : this.spanOf(at, word)',
      to: 'this.spanOf(at, word)',
    },
    scenario: 'lapping: batches of two writers',
  },
  {
    name: 'lapping: one slot too many is dropped',
    patch: {
      file: 'lapping-subscriptions.js',
      from: '(at + span) | 0, phase === PUBLISHED',
      to: '(at + span + 1) | 0, phase === PUBLISHED',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 2',
  },
  {
    name: 'lapping: unfinished claims are dropped',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'if (phase !== PUBLISHED && phase !== RELEASED) return false;',
      to: '',
    },
    scenario: 'lapping: two writers, one subscriber',
  },
  {
    name: 'lapping: unfinished claims are waited for',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'if (phase !== PUBLISHED && phase !== RELEASED) return false;',
      to: 'if (phase !== PUBLISHED && phase !== RELEASED) return true;',
    },
    scenario: 'lapping: a writer dies, and another one needs the room',
  },
  {
    name: 'lapping: a reader that copies is waited for',
    patch: { file: 'lapping-subscriptions.js', from: 'if (look === LOOKS_AT_READING) return true;', to: '' },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: a cursor has no more than its own bits',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'return (frontier + ((((word & ~READING) - (frontier << 1)) | 0) >> 1)) | 0;',
      to: 'return word >> 1;',
    },
    scenario: 'lapping: wrap of 31 bits',
  },
  {
    name: 'lapping: a cursor is compared as a number',
    patch: {
      file: 'lapping-subscriptions.js',
      from: '(((word & ~READING) - (frontier << 1)) | 0) >> 1',
      to: '((word & ~READING) >> 1) - frontier',
    },
    scenario: 'lapping: wrap of 31 bits',
  },
  {
    name: 'lapping: repair leaves the flag of a dead reader',
    patch: {
      file: 'lapping-subscriptions.js',
      from: 'compareExchange(this.words, cursor, word | READING, word & ~READING);',
      to: '',
    },
    scenario: 'lapping: the reader of a durable subscription dies',
  },
  {
    name: 'lapping: a reader that was lapped finds nothing',
    patch: {
      file: 'lapping-reader.js',
      from: 'if (!lapping.isPast(at, word)) return this.nothing(word, lap);',
      to: 'return this.nothing(word, lap);',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the copy is made after the cursor has moved',
    patch: {
      file: 'lapping-reader.js',
      from: 'slots = this.copyHeld(at);',
      to: 'lapping.moveCursor(this.subscription, (at + 1) | 0); slots = this.copyHeld(at);',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the cursor does not move after the copy',
    patch: {
      file: 'lapping-reader.js',
      from: 'if (lapping.moveCursor(this.subscription, this.position)) this.control.wakeWriters();',
      to: '',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the cursor moves back by one',
    patch: {
      file: 'lapping-reader.js',
      from: 'lapping.moveCursor(this.subscription, this.position)',
      to: 'lapping.moveCursor(this.subscription, at)',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the cursor moves one slot for large messages',
    patch: {
      file: 'lapping-reader.js',
      from: 'return variable ? Math.max(1, Math.ceil(length / slotBytes)) : 1;',
      to: 'return 1;',
    },
    scenario: 'lapping: variable size',
  },
  {
    name: 'lapping: an abandoned batch is not shown again',
    patch: { file: 'lapping-reader.js', from: 'this.shown = this.#batchFirst;', to: '' },
    scenario: 'lapping: a batch is left, and one is abandoned',
  },
  {
    name: 'lapping: a message read is not counted',
    patch: {
      file: 'lapping-reader.js',
      from: 'const message = this.#show(); this.countRead(1);',
      to: 'const message = this.#show();',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the missed are forgotten when asked again',
    patch: {
      file: 'lapping-reader.js',
      from: 'this.#missed += this.lapping',
      to: 'this.#missed = this.lapping',
    },
    scenario: 'lapping: the missed are counted',
  },
  {
    name: 'lapping: unfinished messages are copied',
    patch: {
      file: 'lapping-reader.js',
      from: 'else if ((word & PHASE) === PUBLISHED) {',
      to: 'else if ((word & PHASE) === PUBLISHED || (word & PHASE) === CLAIMED) {',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: the lap is not looked at',
    patch: {
      file: 'lapping-reader.js',
      from: 'if (!isCurrent(word, lap)) { if (!lapping.isPast',
      to: 'if ((word & PHASE) === 0) { if (!lapping.isPast',
    },
    scenario: 'lapping: one writer, one subscriber, capacity 1',
  },
  {
    name: 'lapping: a reader goes past claims one slot at a time',
    patch: { file: 'lapping-reader.js', from: '(at + lapping.spanOf(at, word)) | 0', to: '(at + 1) | 0' },
    scenario: 'lapping: batches of two writers',
  },
  {
    name: 'lapping: the length is that of the slot before',
    patch: {
      file: 'lapping-reader.js',
      from: 'this.words[lengths + slot]',
      to: 'this.words[lengths + ((slot + 1) & this.lapping.mask)]',
    },
    scenario: 'lapping: variable size',
  },
  {
    name: 'lapping: missed of a former subscription',
    patch: { file: 'subscriptions.js', from: 'this.takeMissed(subscription);', to: '' },
    scenario: 'lapping: one leaves, one subscribes',
  },
  {
    name: 'lapping: taken missed are counted again',
    patch: {
      file: 'subscriptions.js',
      from: 'exchange(this.words, line + SUBSCRIPTION_MISSED_SEEN, now)',
      to: 'load(this.words, line + SUBSCRIPTION_MISSED_SEEN)',
    },
    scenario: 'lapping: one writer, one subscriber, missed twice',
  },
];
