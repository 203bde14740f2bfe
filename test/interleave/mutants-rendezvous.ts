import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const demand = patchesOf('demand.js');
const writer = patchesOf('rendezvous-writer.js');
const reader = patchesOf('rendezvous-readers.js');
const record = patchesOf('mpmc-writer.js');

/** Seeded bugs of rings of capacity 0, in what they add to rings of turns; `mutants-turns.ts` has more. */
export const RENDEZVOUS_MUTANTS: readonly Mutant[] = [
  {
    name: 'rendezvous: a reader that stops waiting leaves its word',
    patch: demand(
      'exchange(this.#words, wordOf(seat), NONE) - HANDED',
      'load(this.#words, wordOf(seat)) - HANDED',
    ),
    scenario: 'meeting: two offers, two readers that may go',
  },
  {
    name: 'rendezvous: a message is handed to everybody who waits',
    patch: demand(
      'if (compareExchange(this.#words, word, WAITING, HANDED + slot) === WAITING) return seat;',
      'compareExchange(this.#words, word, WAITING, HANDED + slot);',
    ),
    scenario: 'meeting: an offer to a reader that stays',
  },
  {
    name: 'rendezvous: nobody is ever seen to wait',
    patch: demand('if (load(this.#words, wordOf(seat)) === WAITING) return true;', ''),
    scenario: 'meeting: an offer to a reader that stays',
  },
  {
    name: 'rendezvous: a waiting reader does not say so',
    patch: demand(
      'if (compareExchange(this.#words, wordOf(seat), NONE, WAITING) === NONE) this.#control.wakeWriters();',
      '',
    ),
    scenario: 'meeting: an offer to a reader that stays',
  },
  {
    name: 'rendezvous: only the first seat can wait',
    patch: demand(
      'for (let seat = 1; seat <= SEATS; seat++) { const word',
      'for (let seat = 1; seat <= 1; seat++) { const word',
    ),
    scenario: 'meeting: an offer to a reader that stays',
  },
  {
    name: 'rendezvous: a reader takes without having stopped waiting',
    patch: reader('const slot = this.#demand.end(this.#seat);', 'const slot = -1;'),
    scenario: 'meeting: an offer and a put, a reader that may go and one that looks',
  },
  {
    name: 'rendezvous: an awaited wait that ends forgets what it was handed',
    patch: reader('return this.#demand.stop(this.#seat);', 'return false;'),
    scenario: 'meeting: awaited, two offers to readers that may go',
  },
  {
    name: 'rendezvous: a put does not wait to be taken',
    patch: writer('return this.#endStanding(at); }', 'return true; }'),
    scenario: 'meeting: a put that may be withdrawn, two looks',
  },
  {
    name: 'rendezvous: a put that is given up leaves its message',
    patch: writer('return this.#endStanding(at); }', 'return false; }'),
    scenario: 'meeting: a put that may be withdrawn, two looks',
  },
  {
    name: 'rendezvous: a put that was taken at last says that it was not',
    patch: writer(
      'if (!this.#inner.withdraw(at)) return true;',
      'if (!this.#inner.withdraw(at)) return false;',
    ),
    scenario: 'meeting: a put that may be withdrawn, two looks',
  },
  {
    name: 'rendezvous: the end leaves a standing message',
    patch: writer(
      'if (!this.#inner.withdraw(at)) return true; if (this.control.closed)',
      'if (this.control.closed)',
    ),
    scenario: 'meeting: close',
  },
  {
    name: 'rendezvous: a put is done when its message is seen',
    patch: writer('ready: () => inner.isDone(at) || this.control.closed,', 'ready: () => true,'),
    scenario: 'meeting: two puts, one reader',
  },
  {
    name: 'rendezvous: an awaited put that is given up leaves its message',
    patch: writer('giveUp: () => at !== undefined && !inner.withdraw(at),', 'giveUp: () => false,'),
    scenario: 'meeting: awaited, puts that may be withdrawn',
  },
  {
    name: 'rendezvous: an awaited put that was taken at last says that it was not',
    patch: writer(
      'giveUp: () => at !== undefined && !inner.withdraw(at),',
      'giveUp: () => at !== undefined && inner.withdraw(at) && false,',
    ),
    scenario: 'meeting: awaited, puts that may be withdrawn',
  },
  {
    name: 'rendezvous: an awaited put stands twice',
    patch: writer('(at !== undefined || stand()) &&', 'stand() &&'),
    scenario: 'meeting: awaited',
  },
  {
    name: 'rendezvous: an awaited put does not wait to be taken',
    patch: writer('(inner.isDone(at) || (this.control.closed', '(true || (this.control.closed'),
    scenario: 'meeting: awaited, puts that may be withdrawn',
  },
  {
    name: 'rendezvous: an awaited put does not look for the end',
    patch: writer('(inner.isDone(at) || (this.control.closed && this.#endStanding(at)))', 'inner.isDone(at)'),
    scenario: 'meeting: awaited, close',
  },
  {
    name: 'rendezvous: whoever put a message is not registered when it sleeps',
    patch: record('armForDone(at) { this.control.registerWriter();', 'armForDone(at) {'),
    scenario: 'meeting: two puts, one reader',
  },
  {
    name: 'rendezvous: a message that was withdrawn counts as written',
    patch: record('this.countWritten(-1);', ''),
    scenario: 'meeting: a put that may be withdrawn, two looks',
  },
  {
    name: 'rendezvous: a message is withdrawn without comparing',
    patch: {
      file: 'mpmc-writer.js',
      from: 'if (compareExchange(words, index, word, released) !== word)\n                continue;',
      to: 'store(words, index, released);',
    },
    scenario: 'meeting: a put that may be withdrawn, two looks',
  },
  {
    name: 'rendezvous: what a reader was handed is forgotten when its time is over',
    patch: {
      file: 'rendezvous-readers.js',
      from: '(slot >= 0 && this.takeFrom(slot)) || super.takeRecord(1)',
      to: 'slot < 0 && super.takeRecord(1)',
    },
    scenario: 'meeting: two offers, two readers that may go',
  },
  {
    name: 'rendezvous: an offer does not wait for a reader to be bound',
    patch: writer('if (seat === 0) return false;', 'if (seat === 0) return true;'),
    scenario: 'meeting: two offers, two readers that may go',
  },
  {
    name: 'rendezvous: a put does not say that it sleeps',
    patch: {
      file: 'mpmc-writer.js',
      from: 'const patienceMs = this.turns.armAtRecord(index, word);',
      to: 'const patienceMs = Infinity;',
    },
    scenario: 'meeting: two puts, one reader',
  },
  {
    name: 'rendezvous: a reader about to sleep does not say so',
    patch: reader(
      'this.#demand.begin(this.#seat); return super.armForMessage();',
      'return super.armForMessage();',
    ),
    scenario: 'meeting: an offer to a sleeping reader',
  },
  {
    name: 'rendezvous: a reader that spins does not say so',
    patch: reader('this.#demand.begin(this.#seat); return false;', 'return false;'),
    scenario: 'meeting: an offer to a reader that stays',
  },
  {
    name: 'rendezvous: a reader that begins to wait wakes no writer',
    patch: demand('=== NONE) this.#control.wakeWriters();', '=== NONE) ;'),
    scenario: 'meeting: a writer selects, a reader waits (park)',
  },
  {
    name: 'rendezvous: a reader wakes writers before it says that it waits',
    patch: demand(
      'if (compareExchange(this.#words, wordOf(seat), NONE, WAITING) === NONE) this.#control.wakeWriters();',
      'this.#control.wakeWriters(); compareExchange(this.#words, wordOf(seat), NONE, WAITING);',
    ),
    scenario: 'meeting: a writer selects, a reader waits (park)',
  },
  {
    name: 'rendezvous: a writer that selects does not register its bell',
    patch: writer('this.control.registerWriter(); return this.hasRoom() ?', 'return this.hasRoom() ?'),
    scenario: 'meeting: a writer selects, a reader waits (park)',
  },
  {
    name: 'rendezvous: a writer that selects sleeps without a second look',
    patch: writer('return this.hasRoom() ? 0 : UNTIL_WOKEN;', 'return UNTIL_WOKEN;'),
    scenario: 'meeting: a writer selects, a reader waits (park)',
  },
  {
    name: 'rendezvous: a writer that selects takes a reader for granted',
    patch: writer('return this.#demand.isThere() || this.control.closed;', 'return true;'),
    scenario: 'meeting: a writer selects, a reader waits (park)',
  },
  {
    name: 'rendezvous: a writer that selects does not look for the end',
    patch: writer('return this.#demand.isThere() || this.control.closed;', 'return this.#demand.isThere();'),
    scenario: 'meeting: a writer selects, closed by a third',
  },
  {
    name: 'rendezvous: an offer to nobody does not say that the ring is closed',
    patch: writer(
      'if (this.control.closed) throw this.control.endError(); return false; }',
      'return false; }',
    ),
    scenario: 'meeting: an offer after the end',
  },
  {
    name: 'rendezvous: an offer that found no place to stand is accepted',
    patch: writer(
      'if (!this.#inner.offer(value)) return false;',
      'if (!this.#inner.offer(value)) return true;',
    ),
    scenario: 'meeting: more stand there than there is room for',
  },
  {
    name: 'rendezvous: a put that found no place to stand was taken',
    patch: writer('{ timeout: left() })) return false;', '{ timeout: left() })) return true;'),
    scenario: 'meeting: three stand, two have room',
  },
  {
    name: 'rendezvous: an awaited put that stands waits for room',
    patch: writer(
      '(at === undefined ? inner.waitable.messages.arm() : inner.armForDone(at))',
      'inner.waitable.messages.arm()',
    ),
    scenario: 'meeting: awaited',
  },
  {
    name: 'rendezvous: a put that the end has woken was taken',
    patch: writer('&& this.#inner.isDone(at)', ''),
    scenario: 'meeting: close, nobody reads',
  },
  {
    name: 'rendezvous: a put that spins does not look for the end',
    patch: writer('ready: () => inner.isDone(at) || this.control.closed,', 'ready: () => inner.isDone(at),'),
    scenario: 'meeting: spinning, close, nobody reads',
  },
  {
    name: 'rendezvous: a batch goes on behind a message that nobody came for',
    patch: writer(
      'while (count < values.length && this.offer(values[count])) count++;',
      'for (let i = 0; i < values.length; i++) if (this.offer(values[i])) count++;',
    ),
    scenario: 'meeting: a batch of offers',
  },
  {
    name: 'rendezvous: a batch counts the message that nobody came for',
    patch: writer(
      'while (count < values.length && this.offer(values[count])) count++;',
      'while (count < values.length && this.offer(values[count++]));',
    ),
    scenario: 'meeting: a batch of offers',
  },
  {
    name: 'rendezvous: a large message is withdrawn as a small one',
    patch: record(
      '| (word & MANY) | RELEASED; if (compareExchange(words',
      '| RELEASED; if (compareExchange(words',
    ),
    scenario: 'meeting: a large message that may be withdrawn',
  },
  {
    name: 'rendezvous: a reader that has died waits on',
    patch: { file: 'rendezvous-ring.js', from: 'new Demand(this.control).forget(seat);', to: '' },
    scenario: 'meeting: an offer when a waiting reader has died',
  },
  {
    name: 'rendezvous: whoever is handed a message that is gone waits unseen',
    patch: writer('if (!this.#inner.isStanding(at)) this.#demand.takeBack(seat, slot);', ''),
    scenario: 'meeting: a writer selects, another one is quicker',
  },
  {
    name: 'rendezvous: who waits on for a message that was gone wakes nobody',
    patch: demand('=== HANDED + slot) this.#control.wakeWriters();', '=== HANDED + slot) ;'),
    scenario: 'meeting: a writer selects, another one is quicker',
  },
  {
    name: 'rendezvous: whoever was handed a message that is gone waits on, though it has stopped',
    patch: demand(
      'if (compareExchange(this.#words, wordOf(seat), HANDED + slot, WAITING) === HANDED + slot)',
      'store(this.#words, wordOf(seat), WAITING);',
    ),
    scenario: 'meeting: a batch of offers',
  },
  {
    name: 'rendezvous: an offer does not look again for a reader that is on its way',
    patch: writer('looks < LOOKS_AT_READERS', 'looks < 1'),
    scenario: 'meeting: an offer to the only reader, which is quick to see it',
  },
  {
    name: 'rendezvous: an offer that looks again does not see that it was taken',
    patch: writer('if (this.#handOver(at) || !this.#inner.isStanding(at))', 'if (this.#handOver(at))'),
    scenario: 'meeting: an offer to the only reader, which is quick to see it',
  },
  {
    name: 'rendezvous: a batch that met the end halfway was refused',
    patch: writer('if (count === 0) throw error;', 'throw error;'),
    scenario: 'meeting: a batch of offers, closed by a third',
  },
];
