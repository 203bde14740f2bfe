import { BROADCAST_MUTANTS } from './mutants-broadcast.ts';
import { END_MUTANTS } from './mutants-ends.ts';
import { IN_PLACE_MUTANTS } from './mutants-in-place.ts';
import { LAPPING_MUTANTS } from './mutants-lapping.ts';
import { LATEST_MUTANTS } from './mutants-latest.ts';
import { PRIORITY_MUTANTS } from './mutants-priority.ts';
import { TRIED_MUTANTS } from './mutants-rare.ts';
import { RELEASING_MUTANTS } from './mutants-releasing.ts';
import { RENDEZVOUS_MUTANTS } from './mutants-rendezvous.ts';
import { SOLE_WRITER_MUTANTS } from './mutants-sole-writer.ts';
import { SPSC_MUTANTS } from './mutants-spsc.ts';
import { MORE_SPSC_MUTANTS } from './mutants-spsc-more.ts';
import { TURN_MUTANTS } from './mutants-turns.ts';
import { WAITING_MUTANTS } from './mutants-waiting.ts';
import { type Patch, patchesOf } from './program.ts';

/** One seeded bug, and the scenario that must show it. */
export interface Mutant {
  readonly name: string;
  readonly patch: Patch;
  readonly scenario: string;
}

const turn = patchesOf('turn.js');
const writer = patchesOf('mpmc-writer.js');
const fixedWriter = patchesOf('fixed-mpmc-writer.js');
const reader = patchesOf('mpmc-reader.js');

/** The explorer must find every one of these: a search that finds nothing proves nothing until it has found something. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'publish before the payload',
    patch: fixedWriter(
      'this.#copy(memory, at, this.claimed, 1); if (this.publish(1))',
      'const published = this.publish(1); this.#copy(memory, at, this.claimed, 1);\n                if (published)',
    ),
    scenario: 'two writers, one reader, capacity 1',
  },
  {
    name: 'the claim forgets the sleeper',
    patch: writer('(word & SLEEPER) | CLAIMED', 'CLAIMED'),
    scenario: 'parked reader, one writer',
  },
  {
    name: 'publication does not look for the sleeper',
    patch: writer('if ((expected & SLEEPER) !== 0)', 'if (false)'),
    scenario: 'parked reader, one writer',
  },
  {
    name: 'release does not look for the sleeper',
    patch: reader('if ((seen & SLEEPER) !== 0)', 'if (false)'),
    scenario: 'parked, batches drained',
  },
  {
    name: 'the take forgets the sleeper',
    patch: reader('(word & SLEEPER) | this.turns.lapOf(at)', 'this.turns.lapOf(at)'),
    scenario: 'parked writers, capacity 1',
  },
  {
    name: 'a claim given up is published all the same',
    patch: writer('if ((seen & PHASE) === VOID) {', 'if (false) {'),
    scenario: 'two writers, two readers, capacity 2',
  },
  {
    name: 'a take without comparing',
    patch: reader(
      'if (compareExchange(this.words, this.turns.indexOf(at), word, take) !== word)',
      'if (exchange(this.words, this.turns.indexOf(at), take) === -1)',
    ),
    scenario: 'one writer, two readers, capacity 2',
  },
  {
    name: 'the frontier walk does not look at the lap',
    patch: turn('(word & (LAP | PHASE)) !== (lap | RELEASED)', '(word & PHASE) !== RELEASED'),
    scenario: 'two writers, one reader, capacity 2, wrap',
  },
  {
    name: 'a span without a second look',
    patch: turn('=== word ? checkedSpan(span, this.capacity) : 0', '=== -1 ? 0 : span'),
    scenario: 'batches of different lengths',
  },
  {
    name: 'close leaves no mark',
    patch: turn('compareExchange(this.words, index, word, word | CLOSED) === word', 'true'),
    scenario: 'close against writers and readers',
  },
  {
    name: 'repair forgets the claims given up',
    patch: { file: 'repair.js', from: 'phase === CLAIMED || phase === VOID', to: 'phase === CLAIMED' },
    scenario: 'a writer dies',
  },
  {
    name: 'repair wakes nobody',
    patch: { file: 'base-ring.js', from: 'lot.ringAll();', to: '' },
    scenario: 'a writer dies, others parked',
  },
  {
    name: 'the bell is read after arming',
    patch: {
      file: 'wait-strategy.js',
      from: 'const heard = seat.listen(); if (!target.arm()) return true;',
      to: 'if (!target.arm()) return true;\n        const heard = seat.listen();',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'a bell that does not change',
    patch: { file: 'lot.js', from: 'add(this.#words, bell, 1);', to: '' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spsc: the reader arms without a second look',
    patch: {
      file: 'spsc-reader.js',
      from: 'return (cursor & ~FLAGS) === this.released && (cursor & CLOSED) === 0;',
      to: 'return (cursor & CLOSED) === 0;',
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
  ...TURN_MUTANTS,
  ...SPSC_MUTANTS,
  ...BROADCAST_MUTANTS,
  ...SOLE_WRITER_MUTANTS,
  ...MORE_SPSC_MUTANTS,
  ...LAPPING_MUTANTS,
  ...LATEST_MUTANTS,
  ...WAITING_MUTANTS,
  ...PRIORITY_MUTANTS,
  ...RENDEZVOUS_MUTANTS,
  ...RELEASING_MUTANTS,
  ...IN_PLACE_MUTANTS,
  ...END_MUTANTS,
  ...TRIED_MUTANTS,
];
