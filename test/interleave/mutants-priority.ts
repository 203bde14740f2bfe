import type { Mutant } from './mutants.ts';

/** Seeded bugs of priority rings, in what they add to the rings of their levels. */
export const PRIORITY_MUTANTS: readonly Mutant[] = [
  {
    name: 'priority: the least urgent first',
    patch: {
      file: 'priority-reader.js',
      from: 'for (let level = 0; level < this.#levels.length; level++) { const served = this.#tryServe(level, false',
      to: 'for (let level = this.#levels.length - 1; level >= 0; level--) { const served = this.#tryServe(level, false',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: nothing is ever overdue',
    patch: {
      file: 'priority-reader.js',
      from: 'if (this.#passedOver[level] < this.#guard)',
      to: 'if (true)',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: everything is overdue',
    patch: {
      file: 'priority-reader.js',
      from: 'if (this.#passedOver[level] < this.#guard)',
      to: 'if (false)',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: overdue one message late',
    patch: {
      file: 'priority-reader.js',
      from: 'this.#passedOver[level] < this.#guard',
      to: 'this.#passedOver[level] <= this.#guard',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: the count of those passed over starts never anew',
    patch: { file: 'priority-reader.js', from: 'this.#passedOver[level] = 0;', to: '' },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: those passed over are not counted',
    patch: {
      file: 'priority-reader.js',
      from: 'this.#countPassedOver(level, 1); const served = serve(level, overdue); if (served === undefined) this.#countPassedOver(level, -1);',
      to: 'const served = serve(level, overdue);',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: a level passes itself over',
    patch: { file: 'priority-reader.js', from: 'let other = level + 1;', to: 'let other = level;' },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: the more urgent levels are passed over',
    patch: {
      file: 'priority-reader.js',
      from: 'for (let other = level + 1; other < this.#passedOver.length; other++)',
      to: 'for (let other = 0; other < level; other++)',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: a drain counts as one message',
    patch: {
      file: 'priority-reader.js',
      from: 'this.#countPassedOver(level, Math.max(0, shown - 1));',
      to: '',
    },
    scenario: 'priority: the guard counts what is drained',
  },
  {
    name: 'priority: an overdue level is drained',
    patch: { file: 'priority-reader.js', from: 'drain(each, overdue ? 1 : max)', to: 'drain(each, max)' },
    scenario: 'priority: the guard counts what is drained',
  },
  {
    name: 'priority: a drain that found nothing serves',
    patch: { file: 'priority-reader.js', from: 'return shown > 0 ? shown : undefined;', to: 'return shown;' },
    scenario: 'priority: drained',
  },
  {
    name: 'priority: ended when one level has ended',
    patch: {
      file: 'priority-reader.js',
      from: 'return this.#levels.every((level) => level.ended);',
      to: 'return this.#levels.some((level) => level.ended);',
    },
    scenario: 'priority: closed by a third',
  },
  {
    name: 'priority: arms the most urgent level only',
    patch: {
      file: 'priority-reader.js',
      from: 'for (const level of this.#levels) { const armed',
      to: 'for (const level of this.#levels.slice(0, 1)) { const armed',
    },
    scenario: 'priority: parked reader',
  },
  {
    name: 'priority: arms the least urgent level only',
    patch: {
      file: 'priority-reader.js',
      from: 'for (const level of this.#levels) { const armed',
      to: 'for (const level of this.#levels.slice(1)) { const armed',
    },
    scenario: 'priority: parked reader',
  },
  {
    name: 'priority: sleeps though a level could not be armed',
    patch: {
      file: 'priority-reader.js',
      from: 'else if (!level.ended || this.hasEnded()) return 0;',
      to: '',
    },
    scenario: 'priority: parked reader',
  },
  {
    name: 'priority: a level that has ended keeps a reader awake',
    patch: { file: 'priority-reader.js', from: 'else if (!level.ended || this.hasEnded())', to: 'else' },
    scenario: 'priority: taken until the end',
  },
  {
    name: 'priority: the end is not looked for before sleeping',
    patch: { file: 'priority-reader.js', from: '(!level.ended || this.hasEnded())', to: '(!level.ended)' },
    scenario: 'priority: taken until the end',
  },
  {
    name: 'priority: all messages are of one level',
    patch: {
      file: 'priority-writer.js',
      from: 'const writer = this.#writers[level];',
      to: 'const writer = this.#writers[0];',
    },
    scenario: 'priority: one writer, one reader',
  },
  {
    name: 'priority: levels the other way round',
    patch: {
      file: 'priority-writer.js',
      from: 'const writer = this.#writers[level];',
      to: 'const writer = this.#writers[this.#writers.length - 1 - level];',
    },
    scenario: 'priority: the guard',
  },
  {
    name: 'priority: a blocked put waits for room in another level',
    patch: {
      file: 'priority-writer.js',
      from: 'return this.#at(options).putSync(value, options);',
      to: 'return this.#at({ level: 0 }).putSync(value, options);',
    },
    scenario: 'priority: parked writer of one level',
  },
  {
    name: 'priority: closes the most urgent level only',
    patch: {
      file: 'priority-ring.js',
      from: 'for (const ring of this.#rings) ring.close();',
      to: 'this.#rings[0].close();',
    },
    scenario: 'priority: taken until the end',
  },
  {
    name: 'priority: closes all but the most urgent level',
    patch: {
      file: 'priority-ring.js',
      from: 'for (const ring of this.#rings) ring.close();',
      to: 'for (const ring of this.#rings.slice(1)) ring.close();',
    },
    scenario: 'priority: taken until the end',
  },
  {
    name: 'priority: counts what one level has read',
    patch: { file: 'priority-ring.js', from: 'read: sum((level) => level.read)', to: 'read: levels[0].read' },
    scenario: 'priority: one writer, one reader',
  },
  {
    name: 'priority: counts what one level holds',
    patch: {
      file: 'priority-ring.js',
      from: 'depth: sum((level) => level.depth)',
      to: 'depth: 1 + sum((level) => level.depth)',
    },
    scenario: 'priority: one writer, one reader',
  },
  {
    name: 'priority: a batch counts as one message',
    patch: {
      file: 'priority-reader.js',
      from: 'this.#countPassedOver(this.#batchLevel, Math.max(0, this.#batchShown - 1));',
      to: ';',
    },
    scenario: 'priority: the guard counts what a batch shows',
  },
  {
    name: 'priority: a batch of an overdue level is whole',
    patch: { file: 'priority-reader.js', from: 'batch(overdue ? 1 : max)', to: 'batch(max)' },
    scenario: 'priority: the guard counts what a batch shows',
  },
  {
    name: 'priority: messages of an earlier batch count again',
    patch: { file: 'priority-reader.js', from: 'this.#batchShown = 0;', to: '' },
    scenario: 'priority: the guard counts over batches of two levels',
  },
  {
    name: 'priority: a batch counts for the level of the one before',
    patch: { file: 'priority-reader.js', from: 'this.#batchLevel = level;', to: '' },
    scenario: 'priority: the guard counts over batches of two levels',
  },
  {
    name: 'priority: an abandoned batch passes over',
    patch: {
      file: 'priority-reader.js',
      from: 'copyOver(this.#passedOverBefore, this.#passedOver); this.#batchOfLevel?.abandon();',
      to: 'this.#batchOfLevel?.abandon();',
    },
    scenario: 'priority: what is only looked at passes nobody over, and stays due',
  },
  {
    name: 'priority: a batch left unread passes over',
    patch: { file: 'priority-reader.js', from: 'if (all || this.#batchShown > 0)', to: 'if (true)' },
    scenario: 'priority: what is only looked at passes nobody over, and stays due',
  },
  {
    name: 'priority: what it was before a batch is what it was at first',
    patch: {
      file: 'priority-reader.js',
      from: 'copyOver(this.#passedOver, this.#passedOverBefore);',
      to: '',
    },
    scenario: 'priority: what is only looked at passes nobody over, and stays due',
  },
  {
    name: 'priority: an abandoned batch is given back as read',
    patch: {
      file: 'priority-reader.js',
      from: 'this.#batchOfLevel?.abandon();',
      to: 'this.#batchOfLevel?.release(true);',
    },
    scenario: 'priority: a batch is left, and one is abandoned',
  },
  {
    name: 'priority: a batch that was left is given back as read',
    patch: {
      file: 'priority-reader.js',
      from: 'this.#batchOfLevel?.release(all);',
      to: 'this.#batchOfLevel?.release(true);',
    },
    scenario: 'priority: a batch is left, and one is abandoned',
  },
  {
    name: 'priority: a batch stays open in its level',
    patch: { file: 'priority-reader.js', from: 'this.#batchOfLevel?.release(all);', to: '' },
    scenario: 'priority: batches of two readers',
  },
  {
    name: 'priority: repair looks at the most urgent level only',
    patch: {
      file: 'priority-ring.js',
      from: 'for (const ring of this.#rings) ring.repair(threadId);',
      to: 'this.#rings[0].repair(threadId);',
    },
    scenario: 'priority: a writer dies',
  },
  {
    name: 'priority: repair closes no more levels',
    patch: {
      file: 'priority-ring.js',
      from: 'ring.repair(threadId); if (this.closed) this.close();',
      to: 'ring.repair(threadId);',
    },
    scenario: 'priority: a closer dies, nobody closes again',
  },
  {
    name: 'priority: looks again when the most patient level does',
    patch: {
      file: 'priority-reader.js',
      from: 'Math.min(patienceMs, armed)',
      to: 'Math.max(patienceMs, armed)',
    },
    scenario: 'priority: behind a dead claim that nobody repairs',
  },
];
