import type { Mutant } from './mutants.ts';

/** Seeded bugs that only a rare meeting of threads shows. */
export const TRIED_MUTANTS: readonly Mutant[] = [
  {
    name: 'broadcast: a subscription is active before it has a cursor',
    patch: {
      file: 'subscriptions.js',
      from: 'store(this.words, line + SUBSCRIPTION_CURSOR, this.wordOf(load(this.words, FRONTIER))); store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE | (owner << OWNER_SHIFT));',
      to: 'store(this.words, line + SUBSCRIPTION_ACTIVE, ACTIVE | (owner << OWNER_SHIFT)); store(this.words, line + SUBSCRIPTION_CURSOR, this.wordOf(load(this.words, FRONTIER)));',
    },
    scenario: 'broadcast: the first to subscribe, wrap of 32 bits',
  },
  {
    name: 'turns: a seal without a mark',
    patch: {
      file: 'turn.js',
      from: 'if ((word & CLOSED) !== 0 || compareExchange(this.words, index, word, word | CLOSED) === word) return end;',
      to: 'return end;',
    },
    scenario: 'close against writers and readers',
  },
  {
    name: 'turns: laps compared as numbers',
    patch: { file: 'turn.js', from: '(((word & LAP) - lap) | 0) > 0', to: '((word & LAP) - lap) > 0' },
    scenario: 'two writers, two readers, capacity 1, the lap changes its sign',
  },
];
