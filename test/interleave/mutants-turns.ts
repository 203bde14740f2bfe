import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const turn = patchesOf('turn.js');
const writer = patchesOf('mpmc-writer.js');
const fixedWriter = patchesOf('fixed-mpmc-writer.js');
const variableWriter = patchesOf('variable-mpmc-writer.js');
const reader = patchesOf('mpmc-reader.js');

/** Seeded bugs of rings with turn words. */
export const TURN_MUTANTS: readonly Mutant[] = [
  {
    name: 'turns: publish before the payload',
    patch: fixedWriter(
      'this.#copy(memory, at, this.claimed, 1); if (this.publish(1))',
      'const published = this.publish(1); this.#copy(memory, at, this.claimed, 1);\n                if (published)',
    ),
    scenario: 'two writers, one reader, capacity 1',
  },
  {
    name: 'turns: the claim forgets the sleeper',
    patch: writer('(word & SLEEPER) | CLAIMED', 'CLAIMED'),
    scenario: 'parked reader, one writer',
  },
  {
    name: 'turns: a claim that was guessed counts as made',
    patch: writer('if (least === most && word === usual)', 'if (least === most)'),
    scenario: 'two writers, one reader, capacity 1',
  },
  {
    name: 'turns: publication does not look for the sleeper',
    patch: writer('if ((expected & SLEEPER) !== 0)', 'if (false)'),
    scenario: 'parked reader, one writer',
  },
  {
    name: 'turns: release does not look for the sleeper',
    patch: reader('if ((seen & SLEEPER) !== 0)', 'if (false)'),
    scenario: 'parked, batches drained',
  },
  {
    name: 'turns: the take forgets the sleeper',
    patch: reader('(word & SLEEPER) | this.turns.lapOf(at)', 'this.turns.lapOf(at)'),
    scenario: 'parked writers, capacity 1',
  },
  {
    name: 'turns: a claim given up is published all the same',
    patch: writer('if ((seen & PHASE) === VOID) {', 'if (false) {'),
    scenario: 'two writers, two readers, capacity 2',
  },
  {
    name: 'turns: a take without comparing',
    patch: reader(
      'if (compareExchange(this.words, this.turns.indexOf(at), word, take) !== word)',
      'if (exchange(this.words, this.turns.indexOf(at), take) === -1)',
    ),
    scenario: 'one writer, two readers, capacity 2',
  },
  {
    name: 'turns: the frontier walk does not look at the lap',
    patch: turn('(word & (LAP | PHASE)) !== (lap | RELEASED)', '(word & PHASE) !== RELEASED'),
    scenario: 'two writers, one reader, capacity 2, wrap',
  },
  {
    name: 'turns: a span without a second look',
    patch: turn('=== word ? checkedSpan(span, this.capacity) : 0', '=== -1 ? 0 : span'),
    scenario: 'batches of different lengths',
  },
  {
    name: 'turns: close leaves no mark',
    patch: turn('compareExchange(this.words, index, word, word | CLOSED) === word', 'true'),
    scenario: 'close against writers and readers',
  },
  {
    name: 'turns: repair forgets the claims given up',
    patch: { file: 'repair.js', from: 'phase === CLAIMED || phase === VOID', to: 'phase === CLAIMED' },
    scenario: 'a writer dies',
  },
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
      from: 'const found = compareExchange(this.words, index, word, claim);',
      to: 'exchange(this.words, index, claim); const found = word;',
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
      from: 'return this.hasMessage() || this.hasEnded() ? 0 : patienceMs;',
      to: 'return Infinity;',
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
  {
    name: 'turns: run words inside a batch are written before its turn words',
    patch: fixedWriter(
      'words[turns.indexOf(at)] = turns.lapOf(at) | PUBLISHED | (i + 1 < span ? MANY : 0); } this.fence(); for (let i = 0; i < span; i++) words[turns.runOf((claimed + i) | 0)] = span - i;',
      'words[turns.runOf(at)] = span - i; } words[turns.runOf(claimed)] = span; this.fence(); for (let i = 1; i < span; i++) { const at = (claimed + i) | 0; words[turns.indexOf(at)] = turns.lapOf(at) | PUBLISHED | (i + 1 < span ? MANY : 0); }',
    ),
    scenario: 'a reader that lags by a lap, in the middle of a batch',
  },
  {
    name: 'turns: no fence between turn words and run words inside a batch',
    patch: fixedWriter('this.fence();', ''),
    scenario: 'a reader that lags by a lap, in the middle of a batch',
  },
  {
    name: 'turns: no fence between turn words and run words of variable size',
    patch: variableWriter('this.fence();', ''),
    scenario: 'a reader that lags by a lap, in the middle of a batch of variable size',
  },
  {
    name: 'turns: turn words inside a batch of variable size are written after the run words',
    patch: variableWriter(
      'this.#prepareInside(from, end); this.fence(); } for (let next = from; next < end; next++) { const start = this.#starts[next]; const at = (this.claimed + start - first) | 0; this.#copy(at, start * this.#slotBytes, this.#encoded[next], this.#spanOf(next)); }',
      '} for (let next = from; next < end; next++) { const start = this.#starts[next]; const at = (this.claimed + start - first) | 0; this.#copy(at, start * this.#slotBytes, this.#encoded[next], this.#spanOf(next)); } this.fence(); if (end - from > 1) this.#prepareInside(from, end);',
    ),
    scenario: 'a reader that lags by a lap, in the middle of a batch of variable size',
  },
];
