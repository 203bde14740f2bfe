import type { Mutant } from './mutants.ts';

/** More seeded bugs of rings with turn words. */
export const TURN_MUTANTS: readonly Mutant[] = [
  {
    name: 'turns: one claims a slot more than is free',
    patch: {
      file: 'mpmc-writer.js',
      from: '(this.turns.advanceFrontier() + this.#capacity) | 0',
      to: '(this.turns.advanceFrontier() + this.#capacity + 1) | 0',
    },
    scenario: 'two writers, one reader, capacity 1',
  },
  {
    name: 'turns: the claim does not compare',
    patch: {
      file: 'mpmc-writer.js',
      from: 'if (compareExchange(this.words, index, word, claim) !== word)',
      to: 'if (exchange(this.words, index, claim) === -1)',
    },
    scenario: 'two writers, one reader, capacity 1',
  },
  {
    name: 'turns: a claim has no owner',
    patch: { file: 'mpmc-writer.js', from: 'let claim = lap | this.#owner', to: 'let claim = lap' },
    scenario: 'a writer dies',
  },
  {
    name: 'turns: a claim goes past the end',
    patch: { file: 'mpmc-writer.js', from: 'if ((word & CLOSED) !== 0)', to: 'if (false)' },
    scenario: 'close against writers and readers',
  },
  {
    name: 'turns: room learnt of after the end is used',
    patch: { file: 'mpmc-writer.js', from: 'if (!this.control.closed)', to: 'if (true)' },
    scenario: 'close of a full ring',
  },
  {
    name: 'turns: a void claim is not released',
    patch: { file: 'mpmc-writer.js', from: 'this.#releaseVoid(index);', to: '' },
    scenario: 'two writers, two readers, capacity 2',
  },
  {
    name: 'turns: a writer does not register its bell',
    patch: { file: 'mpmc-writer.js', from: 'this.control.registerWriter();', to: '' },
    scenario: 'parked writers, capacity 1',
  },
  {
    name: 'turns: the take has no owner',
    patch: { file: 'mpmc-reader.js', from: '| this.#owner | TAKEN', to: '| TAKEN' },
    scenario: 'a reader dies',
  },
  {
    name: 'turns: the take does not announce its slots',
    patch: { file: 'mpmc-reader.js', from: 'this.#announce(span);', to: '' },
    scenario: 'a draining reader dies',
  },
  {
    name: 'turns: a reader sleeps without a second look',
    patch: {
      file: 'mpmc-reader.js',
      from: 'return this.#patienceMs > 0 && !this.hasMessage() && !this.hasEnded();',
      to: 'return true;',
    },
    scenario: 'parked reader, one writer',
  },
  {
    name: 'turns: a reader does not register its bell',
    patch: { file: 'mpmc-reader.js', from: 'this.control.registerReader();', to: '' },
    scenario: 'parked reader, one writer',
  },
  {
    name: 'turns: messages given back are not counted',
    patch: { file: 'mpmc-reader.js', from: 'add(words, RETURNED_GENERATION, 1);', to: '' },
    scenario: 'a callback throws',
  },
  {
    name: 'turns: messages given back are not looked for',
    patch: {
      file: 'mpmc-reader.js',
      from: 'return this.#takeReturned() || this.#nothing();',
      to: 'return this.#nothing();',
    },
    scenario: 'a callback throws',
  },
  {
    name: 'turns: the end is told before everything was read',
    patch: { file: 'mpmc-reader.js', from: 'return this.turns.endsAt(this.#next);', to: 'return true;' },
    scenario: 'parked readers, closed by a third',
  },
  {
    name: 'turns: unfinished claims are read',
    patch: {
      file: 'mpmc-reader.js',
      from: 'phase === PUBLISHED || phase === RETURNED',
      to: 'phase === PUBLISHED || phase === RETURNED || phase === CLAIMED',
    },
    scenario: 'two writers, one reader, capacity 1',
  },
  {
    name: 'turns: unfinished messages behind the first are taken',
    patch: { file: 'fixed-mpmc-reader.js', from: '|| (word & PHASE) !== PUBLISHED)', to: '|| false)' },
    scenario: 'batches and polls',
  },
  {
    name: 'turns: repair gives nothing back',
    patch: { file: 'repair.js', from: 'phase !== TAKEN || this.#giveBack(at, word, span)', to: 'true' },
    scenario: 'a reader dies',
  },
  {
    name: 'turns: repair finishes the claims of everybody',
    patch: { file: 'repair.js', from: 'if ((word & OWNER) !== this.#owner)', to: 'if (false)' },
    scenario: 'a draining reader dies',
  },
  {
    name: 'turns: repair does not say that messages came back',
    patch: { file: 'mpmc-ring.js', from: 'add(i32, RETURNED_GENERATION, 1);', to: '' },
    scenario: 'a reader dies',
  },
  {
    name: 'turns: repair forgets how long a claim was',
    patch: { file: 'repair.js', from: 'if (span > 1)', to: 'if (false)' },
    scenario: 'a writer of a batch dies',
  },
  {
    name: "turns: a run's length is not written",
    patch: {
      file: 'fixed-mpmc-writer.js',
      from: 'for (let i = 0; i < span; i++)',
      to: 'for (let i = 1; i < span; i++)',
    },
    scenario: 'batches and polls',
  },
  {
    name: 'turns: a message of variable size has one slot',
    patch: {
      file: 'variable-mpmc-writer.js',
      from: 'words[turns.runOf(at)] = span;',
      to: 'words[turns.runOf(at)] = 1;',
    },
    scenario: 'variable size',
  },
  {
    name: 'turns: readers give up no claim',
    patch: { file: 'turn.js', from: 'if (!this.isFollowed(at, word))', to: 'if (true)' },
    scenario: 'two writers, two readers, capacity 2',
  },
  {
    name: 'turns: a position of the past is not noticed',
    patch: { file: 'turn.js', from: 'ahead < 0 || ahead > this.capacity', to: 'false' },
    scenario: 'two writers, two readers, capacity 1',
  },
  {
    name: 'turns: the frontier goes over what is taken',
    patch: {
      file: 'turn.js',
      from: '!== (lap | RELEASED)',
      to: '!== (lap | RELEASED) && (word & PHASE) !== 3',
    },
    scenario: 'one writer, two readers, capacity 2',
  },
  {
    name: 'turns: the lap is not part of the word',
    patch: {
      file: 'turn.js',
      from: '(word & LAP) === lap && (word & PHASE) !== 0',
      to: '(word & PHASE) !== 0',
    },
    scenario: 'two writers, one reader, capacity 2, wrap',
  },
  {
    name: 'turns: a walker that was lapped by one record takes the ring for corrupt',
    patch: { file: 'corrupt-turns.js', from: 'distance(to, at) > 0', to: 'distance(to, at) > 1' },
    scenario: 'two writers, two readers, capacity 2',
  },
  {
    name: 'turns: a record of the whole ring is taken for corrupt',
    patch: { file: 'corrupt-turns.js', from: 'span <= capacity', to: 'span < capacity' },
    scenario: 'batches and polls',
  },
  {
    name: 'lot: a newcomer does not look for repairers',
    patch: { file: 'lot.js', from: 'if (load(this.#words, repairerOf(number, i)) === 0)', to: 'if (true)' },
    scenario: 'two repair at once, and a newcomer gets the seat',
  },
  {
    name: 'lot: a repairer does not look whether the dead thread still has the seat',
    patch: {
      file: 'lot.js',
      from: '+ THREAD) === token) {\n                repair(number)',
      to: '+ THREAD) !== 0) {\n                repair(number)',
    },
    scenario: 'two repair at once, and a newcomer gets the seat',
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
    patch: { file: 'rendezvous-writer.js', from: '|| !this.#inner.withdraw(at)', to: '|| true' },
    scenario: 'meeting: two offers, two readers that may go',
  },
  {
    name: 'rendezvous: a put does not say that it sleeps',
    patch: {
      file: 'mpmc-writer.js',
      from: 'this.#patienceMs = this.turns.armAtRecord(index, word);',
      to: 'this.#patienceMs = Number.POSITIVE_INFINITY;',
    },
    scenario: 'meeting: two puts, one reader',
  },
];
