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
      'if (compareExchange(this.#words, word, WAITING, HANDED + slot) === WAITING) return true;',
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
];
