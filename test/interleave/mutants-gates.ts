import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const gate = patchesOf('gate.js');
const reader = patchesOf('broadcast-reader.js');
const ring = patchesOf('broadcast-ring.js');
const variable = patchesOf('variable-broadcast-reader.js');

const COUNTS = 'if (distance(limit, cursor) > 0) limit = cursor;';
const ANSWER = 'return distance(limit, from) > 0 ? limit : from;';
const GATE_OF_LIMIT = 'this.#gate === undefined ? end : this.#gate.limit(this.position, end)';
const MOVED = 'if (this.subscriptions.moveCursor(this.subscription, to)) this.control.wakeWriters();';

/** Seeded bugs of subscriptions that come after others. */
export const GATE_MUTANTS: readonly Mutant[] = [
  {
    name: 'gates: open',
    patch: gate('if (distance(limit, cursor) > 0)', 'if (false)'),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: one goes through with a message still in hand before it',
    patch: gate('limit = cursor;', 'limit = (cursor + 1) | 0;'),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: the last of two counts not',
    patch: gate(COUNTS, 'if (distance(limit, cursor) > 0) { limit = cursor; break; }'),
    scenario: 'broadcast: one after two',
  },
  {
    name: 'gates: the first of two counts not',
    patch: gate('of this.#after)', 'of this.#after.slice(1))'),
    scenario: 'broadcast: one after two',
  },
  {
    name: 'gates: the first of two counts twice',
    patch: gate('.cursorOf(subscription)', '.cursorOf(this.#after[0])'),
    scenario: 'broadcast: one after two',
  },
  {
    name: 'gates: it is enough that one of two has read',
    patch: gate(
      COUNTS,
      'if (limit === end || distance(cursor, limit) > 0) limit = distance(end, cursor) > 0 ? cursor : end;',
    ),
    scenario: 'broadcast: one after two',
  },
  {
    name: 'gates: cursors compared as numbers',
    patch: gate('distance(limit, cursor) > 0', 'limit > cursor'),
    scenario: 'broadcast: one after another, drained, round the ring',
  },
  {
    name: 'gates: the least cursor by number',
    patch: gate(COUNTS, 'limit = Math.min(limit, cursor);'),
    scenario: 'broadcast: one after another, drained, round the ring',
  },
  {
    name: 'gates: one slot at a time',
    patch: gate('let limit = end;', 'let limit = (from + 1) | 0;'),
    scenario: 'broadcast: one after another, drained, round the ring',
  },
  {
    name: 'gates: closed while anything is to be read before them',
    patch: gate('limit = cursor;', 'limit = from;'),
    scenario: 'broadcast: one drained after another',
  },
  {
    name: 'gates: one message late',
    patch: gate(ANSWER, 'return distance(limit, from) > 1 ? limit : from;'),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: closed ones are open',
    patch: gate(ANSWER, 'return distance(limit, from) > 0 ? limit : end;'),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: whoever is past a gate goes back to it',
    patch: gate(ANSWER, 'return limit;'),
    scenario: 'broadcast: one comes to a gate that it is past',
  },
  {
    name: 'gates: those that have left count',
    patch: gate('if (!this.#subscriptions.isActive(subscription)) continue;', ''),
    scenario: 'broadcast: the one before leaves, the one after is parked',
  },
  {
    name: 'gates: only those that have left count',
    patch: gate('if (!this.#subscriptions', 'if (this.#subscriptions'),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: behind one that has left the others do not count',
    patch: gate('continue;', 'break;'),
    scenario: 'broadcast: the first of two before leaves',
  },
  {
    name: 'gates: who waits does not register its bell',
    patch: gate('control.registerWriter();', ''),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: who waits registers as one who waits for a message',
    patch: gate('control.registerWriter();', 'control.registerReader();'),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: who waits does not say so',
    patch: gate('this.#subscriptions.armAtFrontier();', ''),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: who waits says so before it registers',
    patch: gate(
      'control.registerWriter(); this.#subscriptions.armAtFrontier();',
      'this.#subscriptions.armAtFrontier(); control.registerWriter();',
    ),
    scenario: 'broadcast: one parked at two gates',
  },
  {
    name: 'gates: always closed for one who looks before it sleeps',
    patch: gate('(position + 1) | 0) === position', 'position) === position'),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: closed for one who looks when they are open',
    patch: gate('(position + 1) | 0) === position', '(position + 1) | 0) !== position'),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: a message behind a closed one keeps its reader awake',
    patch: reader('if (this.#gate.isClosed(this.position)) return false;', ''),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: nobody sleeps at one',
    patch: reader('if (this.#gate.isClosed(this.position)) return UNTIL_WOKEN;', ''),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: a reader before one sleeps without having looked for a message',
    patch: reader('if (this.#gate.isClosed(this.position)) return UNTIL_WOKEN;', 'return UNTIL_WOKEN;'),
    scenario: 'broadcast: the one before leaves, the one after is parked',
  },
  {
    name: 'gates: for the first message of a batch alone',
    patch: reader(
      GATE_OF_LIMIT,
      'this.#gate !== undefined && this.#gate.isClosed(this.position) ? this.position : end',
    ),
    scenario: 'broadcast: one drained after another',
  },
  {
    name: 'gates: looked at, and gone through',
    patch: reader('return this.position !== this.published; }', 'return true; }'),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: for single readers none',
    patch: reader('after.length === 0 ?', 'after.length < 2 ?'),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: forgotten for messages of fixed size',
    patch: ring(
      'new FixedBroadcastReader(control, strategy, subscription, codec, after)',
      'new FixedBroadcastReader(control, strategy, subscription, codec)',
    ),
    scenario: 'broadcast: one after another',
  },
  {
    name: 'gates: forgotten for messages of variable size',
    patch: variable(
      'super(control, strategy, subscription, after);',
      'super(control, strategy, subscription);',
    ),
    scenario: 'broadcast: one after another, drained, round the ring',
  },
  {
    name: 'gates: whoever moves a cursor wakes those who wait for messages',
    patch: reader(MOVED, MOVED.replace('wakeWriters', 'wakeReaders')),
    scenario: 'broadcast: one parked at its gate',
  },
  {
    name: 'gates: a flag that was raised meanwhile is taken down',
    patch: reader(
      MOVED,
      'if (this.subscriptions.moveCursor(this.subscription, to)) { this.control.wakeWriters(); this.subscriptions.takeSleepers(); }',
    ),
    scenario: 'broadcast: a chain of three, parked',
  },
  {
    name: 'gates: whoever leaves wakes before it has left',
    patch: reader(
      'this.subscriptions.remove(this.subscription); this.control.wakeWriters();',
      'this.control.wakeWriters(); this.subscriptions.remove(this.subscription);',
    ),
    scenario: 'broadcast: the one before leaves, the one after is parked',
  },
  {
    name: 'gates: the end comes through before the message',
    patch: reader('return this.subscriptions.endsAt(this.position);', 'return true;'),
    scenario: 'broadcast: the end, before a gate',
  },
];
