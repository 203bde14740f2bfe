import type { Mutant } from './mutants.ts';
import { endless, patchesOf } from './program.ts';

const reader = patchesOf('reader.js');
const batches = patchesOf('batch.js');

/** Seeded bugs of waiting: parked, spinning, awaited, for several rings, and of the bells. */
export const WAITING_MUTANTS: readonly Mutant[] = [
  {
    name: 'awaiting: the bell is heard after the attempts',
    patch: {
      file: 'async-wait.js',
      from: 'this.#listen(heard, patienceMs)',
      to: 'this.#listen(this.#seat.listen(), patienceMs)',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: a wait that could not be armed counts as armed',
    patch: {
      file: 'async-wait.js',
      from: 'else patienceMs = Math.min(patienceMs, pending.target.arm());',
      to: 'else pending.target.arm();',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: nothing is armed',
    patch: {
      file: 'async-wait.js',
      from: 'else patienceMs = Math.min(patienceMs, pending.target.arm());',
      to: '',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: a bell that has rung is not heard',
    patch: {
      file: 'async-wait.js',
      from: 'return this.#listening;',
      to: 'return true;',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: it listens once only',
    patch: {
      file: 'async-wait.js',
      from: 'this.#listening = false; if (this.#pending.size > 0) this.pass();',
      to: 'if (this.#pending.size > 0) this.pass();',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: a ring is not acted on',
    patch: {
      file: 'async-wait.js',
      from: 'this.#listening = false; if (this.#pending.size > 0) this.pass();',
      to: 'this.#listening = false;',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: a wait given up stays first in its queue',
    patch: { file: 'async-wait.js', from: 'pending.queue.delete(pending);', to: '' },
    scenario: 'awaited: two takes in one thread, the first is given up',
  },
  {
    name: 'awaiting: the event loop is held for ever',
    patch: {
      file: 'async-wait.js',
      from: 'if (this.#pending.delete(pending)) keepAlive(-1);',
      to: 'this.#pending.delete(pending);',
    },
    scenario: 'awaited: take, putSync',
  },
  {
    name: 'awaiting: the event loop is not held',
    patch: { file: 'async-wait.js', from: 'keepAlive(1);', to: '' },
    scenario: 'awaited: take, putSync',
  },
  {
    name: 'awaiting: the event loop is let go with a wait left',
    patch: { file: 'async-wait.js', from: 'if (pendingWaits === 0) {', to: 'if (pendingWaits <= 1) {' },
    scenario: 'awaited: two takes in one thread',
  },
  {
    name: 'awaiting: the timer of a wait that ended goes on',
    patch: {
      file: 'async-wait.js',
      from: 'if (deadline !== undefined) seat.thread.stopTimer(deadline);',
      to: '',
    },
    scenario: 'awaited: take with time-outs',
  },
  {
    name: 'awaiting: a wait that ended listens to its signal',
    patch: { file: 'async-wait.js', from: "signal?.removeEventListener('abort', onAbort);", to: '' },
    scenario: 'awaited: take given up by a signal',
  },
  {
    name: 'awaiting: no time ends a wait',
    patch: {
      file: 'async-wait.js',
      from: 'deadline = seat.thread.startTimer(onTime, Math.max(0, timeout));',
      to: '',
    },
    scenario: 'awaited: take with time-outs',
  },
  {
    name: 'awaiting: no signal ends a wait',
    patch: { file: 'async-wait.js', from: "signal?.addEventListener('abort', onAbort);", to: '' },
    scenario: 'awaited: take given up by a signal',
  },
  {
    name: 'awaiting: a wait given up is resolved',
    patch: { file: 'async-wait.js', from: 'else reject(error);', to: 'else resolve();' },
    scenario: 'awaited: take with time-outs',
  },
  {
    name: 'awaiting: a wait is over whatever the attempt said',
    patch: {
      file: 'async-wait.js',
      from: 'if (pending.target.attempt()) pending.settle();',
      to: 'pending.target.attempt(); pending.settle(); if (false);',
    },
    scenario: 'awaited: take, putSync',
  },
  {
    name: 'awaiting: a pass that ended counts as under way',
    patch: {
      file: 'async-wait.js',
      from: 'break; } this.#passing = false;',
      to: 'break; }',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: it does not try at once',
    patch: { file: 'async-wait.js', from: 'keepAlive(1); this.pass();', to: 'keepAlive(1);' },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: calls overtake each other',
    patch: {
      file: 'reader.js',
      from: 'let value = this.#takes.size === 0 ? this.poll() : undefined;',
      to: 'let value = this.poll();',
    },
    scenario: 'awaited: two takes in one thread, in order',
  },
  {
    name: 'awaiting: every wait of a queue is first',
    patch: { file: 'async-wait.js', from: 'return first === pending;', to: 'return true;' },
    scenario: 'awaited: two puts in one thread, in order',
  },
  {
    name: 'awaiting: take does not look for the end',
    patch: {
      file: 'reader.js',
      from: 'return value !== undefined || this.#throwIfEnded();',
      to: 'return value !== undefined;',
    },
    scenario: 'awaited: taken until the end',
  },
  {
    name: 'awaiting: take answers with what it does not have',
    patch: {
      file: 'reader.js',
      from: 'return value !== undefined || this.#throwIfEnded();',
      to: 'return true;',
    },
    scenario: 'awaited: take, putSync',
  },
  {
    name: 'awaiting: put answers without having written',
    patch: {
      file: 'writer.js',
      from: 'if (this.puts.size === 0 && attempt()) return;',
      to: 'attempt(); return;',
    },
    scenario: 'awaited: put, takeSync',
  },
  {
    name: 'parked: it sleeps whatever arming said',
    patch: { file: 'wait-strategy.js', from: 'target.arm();', to: 'target.arm() || Infinity;' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'parked: it does not arm',
    patch: { file: 'wait-strategy.js', from: 'target.arm();', to: 'Infinity;' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'parked: time is over at once',
    patch: {
      file: 'wait-strategy.js',
      from: 'if (left <= 0) return target.ready();',
      to: 'return target.ready();',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'spinning: gives up after a round',
    patch: { file: 'wait-strategy.js', from: 'nowMs() >= deadline)', to: 'true)' },
    scenario: 'spin: spsc',
  },
  {
    name: 'adaptive: what is not ready counts as ready',
    patch: {
      file: 'wait-strategy.js',
      from: 'if (target.ready()) return true; } return false;',
      to: 'if (target.ready()) return true; } return true;',
    },
    scenario: 'adaptive: spsc',
  },
  {
    name: 'waiting: a bell has one bit',
    patch: {
      file: 'lot.js',
      from: 'add(this.#words, bell, 1);',
      to: 'store(this.#words, bell, load(this.#words, bell) ^ 1);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: the neighbour is rung',
    patch: {
      file: 'lot.js',
      from: 'ring(number) { if (number === 0) return; const bell = number * SEAT_WORDS + BELL;',
      to: 'ring(number) { if (number === 0) return; const bell = (number === 1 ? 2 : number - 1) * SEAT_WORDS + BELL;',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'waiting: nobody is rung after a death',
    patch: {
      file: 'lot.js',
      from: 'if (load(this.#words, number * SEAT_WORDS + THREAD) !== 0) this.ring(number);',
      to: '',
    },
    scenario: 'a writer dies, others parked',
  },
  {
    name: 'waiting: a seat is taken by a load and a store',
    patch: {
      file: 'lot.js',
      from: 'if (compareExchange(this.#words, thread, 0, this.#thread.token) !== 0) return false;',
      to: 'if (load(this.#words, thread) !== 0) return false; store(this.#words, thread, this.#thread.token);',
    },
    scenario: 'two newcomers attach at once',
  },
  {
    name: 'waiting: a seat is given back with ends open',
    patch: {
      file: 'lot.js',
      from: 'if (load(this.#words, number * SEAT_WORDS + ENDS) <= 0) compareExchange',
      to: 'compareExchange',
    },
    scenario: 'select: the one that selects dies',
  },
  {
    name: 'waiting: bells are taken after they were rung',
    patch: {
      file: 'control.js',
      from: 'let set = exchange(this.#words, bells + word, 0); while (set !== 0) {',
      to: 'let set = load(this.#words, bells + word); while (set === 0 ? exchange(this.#words, bells + word, 0) === -1 : true) {',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'waiting: one bell of several is rung',
    patch: { file: 'control.js', from: 'while (set !== 0) {', to: 'if (set !== 0) {' },
    scenario: 'parked readers, closed by a third',
  },
  {
    name: 'waiting: another bell is rung',
    patch: { file: 'control.js', from: '31 - Math.clz32(set)', to: '30 - Math.clz32(set)' },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'waiting: readers register as writers',
    patch: { file: 'control.js', from: 'this.#register(READER_BELLS);', to: 'this.#register(WRITER_BELLS);' },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'waiting: writers register as readers',
    patch: { file: 'control.js', from: 'this.#register(WRITER_BELLS);', to: 'this.#register(READER_BELLS);' },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'waiting: waking stops at a set that is empty',
    patch: {
      file: 'control.js',
      from: 'if (load(this.#words, bells + word) === 0) continue;',
      to: 'if (load(this.#words, bells + word) !== 0) continue;',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'waiting: takeSync does not look for the end',
    patch: {
      file: 'reader.js',
      from: 'if (value !== undefined) return value; this.#throwIfEnded(); }',
      to: 'if (value !== undefined) return value; }',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: drainSync does not look for the end',
    patch: {
      file: 'reader.js',
      from: 'if (count > 0) return count; if (this.hasEnded()) return 0;',
      to: 'if (count > 0) return count;',
    },
    scenario: 'spsc: putSync, drainSync, close by a third',
  },
  {
    name: 'waiting: putSync gives up after one wake-up',
    patch: {
      file: 'writer.js',
      from: 'if (attempt()) return true; } return false;',
      to: 'return attempt(); } return false;',
    },
    scenario: 'parked writers, capacity 1',
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
    name: 'waiting: the bell is not notified',
    patch: { file: 'lot.js', from: 'notify(this.#words, bell);', to: '' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: the bell is notified before it changes',
    patch: {
      file: 'lot.js',
      from: 'add(this.#words, bell, 1);\n        notify(this.#words, bell);',
      to: 'notify(this.#words, bell); add(this.#words, bell, 1);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: "waiting: the bell's bit is set without the others",
    patch: {
      file: 'control.js',
      from: 'or(this.#words, bells + (number >>> 5), 1 << (number & 31));',
      to: 'exchange(this.#words, bells, 1);',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: the bits are taken without being rung',
    patch: { file: 'control.js', from: 'this.lot.ring(word * 32 + bit);', to: '' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: one sleeps for ever on a bell read late',
    patch: { file: 'wait-strategy.js', from: 'seat.sleep(heard,', to: 'seat.sleep(seat.listen(),' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: close does not mark the end',
    patch: {
      file: 'control.js',
      from: 'STATE, state, CLOSED); this.markEnd();',
      to: 'STATE, state, CLOSED);',
    },
    scenario: 'spsc: batches, drain, close; sequence wraps',
  },
  {
    name: 'waiting: repair wakes nobody',
    patch: { file: 'base-ring.js', from: 'lot.ringAll();', to: '' },
    scenario: 'a writer dies, others parked',
  },
  {
    name: 'waiting: the bell is read after arming',
    patch: {
      file: 'wait-strategy.js',
      from: 'const heard = seat.listen(); const patienceMs = target.arm();',
      to: 'const patienceMs = target.arm(); const heard = seat.listen();',
    },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'waiting: a bell that does not change',
    patch: { file: 'lot.js', from: 'add(this.#words, bell, 1);', to: '' },
    scenario: 'spsc: putSync, takeSync, close by the writer',
  },
  {
    name: 'for await: a batch is not given back',
    patch: batches('async next() { this.#batch.close(true);', 'async next() {'),
    scenario: 'for await: until the end',
  },
  {
    name: 'for await: left, and all of the batch counts as read',
    patch: batches('async return() { this.#batch.close(false);', 'async return() { this.#batch.close(true);'),
    scenario: 'for await: left in the middle of a batch',
  },
  {
    name: 'for await: left, and the batch stays open',
    patch: batches('async return() { this.#batch.close(false);', 'async return() {'),
    scenario: 'for await: left in the middle of a batch',
  },
  {
    name: 'for await: ends when there is nothing',
    patch: reader('() => this.#batch.open() || this.hasEnded())', '() => this.#batch.open() || true)'),
    scenario: 'for await: until the end',
  },
  {
    name: 'for await: the end is not noticed',
    patch: reader('() => this.#batch.open() || this.hasEnded())', '() => this.#batch.open())'),
    scenario: 'for await: until the end',
  },
  {
    name: 'for await: does not wait',
    patch: batches('await this.#wait();', ''),
    scenario: 'for await: until the end',
  },
  {
    name: 'waiting: a reader does not look again by itself',
    patch: reader('arm = () => this.armForMessage()', `arm = () => ${endless('this.armForMessage()')}`),
    scenario: 'parked: behind a dead claim that nobody repairs',
  },
  {
    name: 'awaiting: a reader does not look again by itself',
    patch: reader('arm: () => this.armForMessage()', `arm: () => ${endless('this.armForMessage()')}`),
    scenario: 'awaited: behind a dead claim that nobody repairs',
  },
  {
    name: 'awaiting: no timer looks again',
    patch: { file: 'async-wait.js', from: 'this.#lookAgainIn(patienceMs);', to: '' },
    scenario: 'awaited: behind a dead claim that nobody repairs',
  },
];
