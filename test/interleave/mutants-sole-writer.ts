import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const sole = patchesOf('sole-writer.js');
const writer = patchesOf('mpmc-writer.js');
const fixed = patchesOf('fixed-broadcast-reader.js');
const reader = patchesOf('broadcast-reader.js');

/** Bugs of the writer that has a broadcast ring to itself. */
export const SOLE_WRITER_MUTANTS: readonly Mutant[] = [
  {
    name: 'sole writer: a message is shown before it is written',
    patch: sole('const slot = this.claimed;', 'const slot = this.claimed; this.publishOwnSlot();'),
    scenario: 'sole writer: one subscriber, capacity 1',
  },
  {
    name: 'sole writer: a message is written over the one before',
    patch: sole(
      'this.#binding.write(value, this.#byteOf(slot))',
      'this.#binding.write(value, this.#byteOf((slot - 1) | 0))',
    ),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
  {
    name: 'sole writer: lines are fetched that are not free',
    patch: sole('Math.min(this.ownSlots, ', 'Math.min('),
    scenario: 'sole writer: round the ring, wrap of 32 bits',
  },
  {
    name: 'sole writer: lines are fetched from the slot before on',
    patch: sole('const from = this.#byteOf(slot);', 'const from = this.#byteOf((slot - 1) | 0);'),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
  {
    name: 'sole writer: no look at the room',
    patch: writer('if (distance(this.#freeUntil, slot) < 1)', 'if (false)'),
    scenario: 'sole writer: one subscriber, capacity 1',
  },
  {
    name: 'sole writer: room for one more than there is',
    patch: writer('if (distance(this.#freeUntil, slot) < 1)', 'if (distance(this.#freeUntil, slot) < 0)'),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
  {
    name: 'sole writer: what was written before is not looked at',
    patch: writer('if (!isCurrent(found, this.turns.lapOf(slot)))', 'if (true)'),
    scenario: 'sole writer: it dies, another writes on',
  },
  {
    name: 'sole writer: where it begins it takes the slot for its own',
    patch: writer('if (slot === this.#ownEnd)', 'if (true)'),
    scenario: 'sole writer: it dies, another writes on',
  },
  {
    name: 'sole writer: a slot behind the end is written',
    patch: writer('if ((found & CLOSED) !== 0)', 'if (false)'),
    scenario: 'sole writer: close',
  },
  {
    name: 'sole writer: an end that comes meanwhile is written over',
    patch: writer('if ((before & CLOSED) !== 0)', 'if (false)'),
    scenario: 'sole writer: close',
  },
  {
    name: 'sole writer: a message is shown without comparing',
    patch: writer(
      'const before = compareExchange(this.words, index, found, shown);',
      'const before = (store(this.words, index, shown), found);',
    ),
    scenario: 'sole writer: parked, one subscriber',
  },
  {
    name: 'sole writer: it does not look for sleepers',
    patch: writer('if ((found & SLEEPER) !== 0)', 'if (false)'),
    scenario: 'sole writer: parked, one subscriber',
  },
  {
    name: 'sole writer: the word says the lap before',
    patch: writer(
      'const shown = this.turns.lapOf(slot) | PUBLISHED;',
      'const shown = this.turns.lapOf((slot - this.turns.mask - 1) | 0) | PUBLISHED;',
    ),
    scenario: 'sole writer: parked, one subscriber',
  },
  {
    name: 'sole writer: its cursor promises what it has not published',
    patch: writer(
      'this.claimed = slot; this.#word = found;',
      'this.claimed = slot; this.#word = found; this.turns.leaveHint(PRODUCER_CURSOR, (slot + 1) | 0, 1);',
    ),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
  {
    name: 'sole writer: its cursor promises a batch that is only claimed',
    patch: writer(
      'this.#noteLast(at); this.#next = (at + span) | 0;',
      'this.#noteLast(at); this.#next = (at + span) | 0; this.leaveHint(span);',
    ),
    scenario: 'sole writer: batches between single messages',
  },
  {
    name: 'sole writer: its cursor promises what a dead one has left',
    patch: sole('distance(this.#began, this.frontier) <= 0', 'true'),
    scenario: 'sole writer: it dies within a batch, another writes on',
  },
  {
    name: 'sole writer: a subscriber reads one more than its cursor promises',
    patch: fixed('checkedSpan(ahead, this.subscriptions.capacity)', '(ahead + 1)'),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
  {
    name: 'sole writer: a subscriber takes what is behind the promise for published',
    patch: reader(
      'return isPublished ? this.endOf(known, word, left) : known;',
      'return this.endOf(known, word, left);',
    ),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
  {
    name: 'sole writer: the message behind is shown',
    patch: writer(
      'const index = this.turns.indexOf(slot); const shown',
      'const index = this.turns.indexOf((slot + 1) | 0); const shown',
    ),
    scenario: 'sole writer: two subscribers, capacity 2, wrap',
  },
];
