import type { Mutant } from './mutants.ts';
import { patchesOf } from './program.ts';

const control = patchesOf('control.js');
const ends = patchesOf('ends.js');
const turn = patchesOf('turn.js');
const mpmc = patchesOf('mpmc-reader.js');

const PUBLISHED = 'compareExchange(this.#words, STATE, failing, FAILED);';
const WRITTEN = 'this.memory.u8.set(text, ERROR_TEXT * 4); this.#words[ERROR_BYTES] = text.length;';

/** Seeded bugs of the two ways in which a ring ends. */
export const END_MUTANTS: readonly Mutant[] = [
  {
    name: 'close: returns though another one has still to mark the end',
    patch: control(
      'state = compareExchange(this.#words, STATE, state, CLOSED); this.markEnd();',
      'state = compareExchange(this.#words, STATE, state, CLOSED); if (state === OPEN) this.markEnd();',
    ),
    scenario: 'close: by two at once',
  },
  {
    name: 'close: a ring that is being failed is left to that',
    patch: control(
      'while ((state & FAILING) !== 0) state = compareExchange(this.#words, STATE, state, CLOSED);',
      '',
    ),
    scenario: 'fail: against a close',
  },
  {
    name: 'close: the end is marked before it is decided',
    patch: control(
      'let state = compareExchange(this.#words, STATE, OPEN, CLOSED);',
      'this.markEnd(); let state = compareExchange(this.#words, STATE, OPEN, CLOSED);',
    ),
    scenario: 'fail: against a close',
  },
  {
    name: 'close: overwrites a failure',
    patch: control(
      'let state = compareExchange(this.#words, STATE, OPEN, CLOSED);',
      'let state = exchange(this.#words, STATE, CLOSED);',
    ),
    scenario: 'fail: against a close',
  },
  {
    name: 'fail: overwrites a close',
    patch: control(PUBLISHED, 'exchange(this.#words, STATE, FAILED);'),
    scenario: 'fail: against a close',
  },
  {
    name: 'fail: the error is published before it is written',
    patch: control(`${WRITTEN} ${PUBLISHED}`, `${PUBLISHED} ${WRITTEN}`),
    scenario: 'fail: mpmc, of a full ring',
  },
  {
    name: 'fail: the length of the error is not written',
    patch: control('this.#words[ERROR_BYTES] = text.length;', ''),
    scenario: 'fail: spsc, by a third',
  },
  {
    name: 'fail: the error is not written',
    patch: control('this.memory.u8.set(text, ERROR_TEXT * 4);', ''),
    scenario: 'fail: spsc, by a third',
  },
  {
    name: 'fail: only closes',
    patch: control(PUBLISHED, 'compareExchange(this.#words, STATE, failing, CLOSED);'),
    scenario: 'fail: spsc, by a third',
  },
  {
    name: 'fail: told before it can say why',
    patch: control('return state !== OPEN && (state & FAILING) === 0;', 'return state !== OPEN;'),
    scenario: 'fail: mpmc, of a full ring',
  },
  {
    name: 'fail: the end is marked before there is an error',
    patch: control(WRITTEN, `this.markEnd(); ${WRITTEN}`),
    scenario: 'fail: spsc, by the writer',
  },
  {
    name: 'fail: the end is not marked',
    patch: control(`${PUBLISHED} } if (this.closed) this.markEnd();`, `${PUBLISHED} }`),
    scenario: 'fail: spsc, by a third',
  },
  {
    name: 'fail: two write their errors',
    patch: control(
      'if (compareExchange(this.#words, STATE, OPEN, failing) === OPEN) {',
      'if (exchange(this.#words, STATE, failing) === OPEN || !this.closed) {',
    ),
    scenario: 'fail: by two at once',
  },
  {
    name: 'fail: the one who failed it died, and repair leaves it so',
    patch: control('compareExchange(this.#words, STATE, failingOf(token), UNTOLD);', ''),
    scenario: 'fail: whoever fails it dies, repaired',
  },
  {
    name: 'fail: repair after a death says so and marks no end',
    patch: control(
      'compareExchange(this.#words, STATE, failingOf(token), UNTOLD); if (this.closed) this.markEnd();',
      'compareExchange(this.#words, STATE, failingOf(token), UNTOLD);',
    ),
    scenario: 'fail: whoever fails it dies, repaired',
  },
  {
    name: 'fail: only the most urgent level',
    patch: {
      file: 'priority-ring.js',
      from: 'this.#rings[0].fail(error); if (this.closed) this.close();',
      to: 'this.#rings[0].fail(error);',
    },
    scenario: 'fail: levels of urgency',
  },
  {
    name: 'fail: levels are only closed',
    patch: {
      file: 'priority-ring.js',
      from: 'this.#rings[0].fail(error);',
      to: 'this.#rings[0].close();',
    },
    scenario: 'fail: levels of urgency',
  },
  {
    name: 'fail: a level tells the error while others have messages',
    patch: { file: 'priority-reader.js', from: 'level.tellsEnd = false;', to: 'level.tellsEnd = true;' },
    scenario: 'fail: levels of urgency',
  },
  {
    name: 'fail: the end is marked by whoever comes second, before there is an error',
    patch: control('if (this.closed) this.markEnd(); } repairEnd', 'this.markEnd(); } repairEnd'),
    scenario: 'fail: by two at once',
  },
  {
    name: 'fail: readers and writers are told that the ring was closed',
    patch: control('if (state === FAILED) return decodeError', 'if (false) return decodeError'),
    scenario: 'fail: spsc, by a third',
  },
  {
    name: 'fail: repair ends what another thread is failing',
    patch: control('failingOf = (token) => FAILING | (token << TOKEN_SHIFT)', 'failingOf = () => FAILING'),
    scenario: 'fail: mpmc, while another thread is repaired',
  },
  {
    name: 'fail: a ring whose failure was never told has not failed',
    patch: control('return state === FAILED || state === UNTOLD;', 'return state === FAILED;'),
    scenario: 'fail: mpmc, whoever fails it dies, repaired and polled',
  },
  {
    name: 'fail: a poll does not tell, spsc',
    patch: {
      file: 'spsc-reader.js',
      from: 'if ((cursor & CLOSED) !== 0 && this.control.failed) throw this.control.endError();',
      to: '',
    },
    scenario: 'fail: spsc, polled',
  },
  {
    name: 'fail: a poll does not tell, several readers',
    patch: mpmc(
      'if (this.tellsEnd && this.control.failed && this.hasEnded()) throw this.control.endError();',
      '',
    ),
    scenario: 'fail: mpmc, polled',
  },
  {
    name: 'fail: a poll does not tell, broadcast',
    patch: {
      file: 'broadcast-reader.js',
      from: 'if (this.control.failed && this.hasEnded()) throw this.control.endError();',
      to: '',
    },
    scenario: 'fail: broadcast, polled',
  },
  {
    name: 'fail: a poll does not tell, levels',
    patch: {
      file: 'priority-reader.js',
      from: 'if (this.control.failed && this.hasEnded()) throw this.control.endError();',
      to: '',
    },
    scenario: 'fail: levels of urgency, polled',
  },
  {
    name: 'fail: told while a message is still to come',
    patch: mpmc(
      'if (this.tellsEnd && this.control.failed && this.hasEnded())',
      'if (this.tellsEnd && this.control.failed)',
    ),
    scenario: 'fail: mpmc, two writers',
  },
  {
    name: 'close: with turn words, nobody who reads is woken',
    patch: ends('control.wakeReaders();', ''),
    scenario: 'parked readers, closed by a third',
  },
  {
    name: 'close: with turn words, nobody who writes is woken',
    patch: ends('control.wakeWriters();', ''),
    scenario: 'parked writers, closed by a third',
  },
  {
    name: 'close: the mark is put on a claim',
    patch: turn(
      'if (isCurrent(word, this.lapOf(end)) || isNewer(word, this.lapOf(end))) continue; if ((word & CLOSED)',
      'if ((word & CLOSED)',
    ),
    scenario: 'close: mpmc, by two at once',
  },
  {
    name: 'fail: each level for itself',
    patch: {
      file: 'priority-ring.js',
      from: 'this.#rings[0].fail(error); if (this.closed) this.close();',
      to: 'for (const ring of this.#rings) ring.fail(error);',
    },
    scenario: 'fail: levels of urgency, by two at once',
  },
  {
    name: 'fail: levels are closed while another thread fails the first',
    patch: {
      file: 'priority-ring.js',
      from: 'this.#rings[0].fail(error); if (this.closed) this.close();',
      to: 'this.#rings[0].fail(error); this.close();',
    },
    scenario: 'fail: levels of urgency, by two at once',
  },
  {
    name: 'fail: each level tells how it has ended itself',
    patch: { file: 'open-priority.js', from: 'level.endAs(control);', to: ';' },
    scenario: 'fail: levels of urgency, by two at once',
  },
  {
    name: 'close: the least urgent level first',
    patch: {
      file: 'priority-ring.js',
      from: 'for (const ring of this.#rings) ring.close();',
      to: 'for (const ring of [...this.#rings].reverse()) ring.close();',
    },
    scenario: 'fail: levels of urgency, against a close',
  },
];
