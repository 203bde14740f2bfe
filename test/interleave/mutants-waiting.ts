import type { Mutant } from './mutants.ts';

/** Seeded bugs of waiting: parked, spinning, awaited, for several rings, and of the bells. */
export const WAITING_MUTANTS: readonly Mutant[] = [
  {
    name: 'awaiting: the bell is heard after the attempts',
    patch: {
      file: 'async-wait.js',
      from: '!this.#listen(heard)) heard = this.#seat.listen();',
      to: '!this.#listen(this.#seat.listen()));',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: a wait that could not be armed counts as armed',
    patch: {
      file: 'async-wait.js',
      from: 'else if (!pending.target.arm()) armed = false;',
      to: 'else pending.target.arm();',
    },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: nothing is armed',
    patch: { file: 'async-wait.js', from: 'else if (!pending.target.arm()) armed = false;', to: '' },
    scenario: 'awaited: spsc, put and take',
  },
  {
    name: 'awaiting: a bell that has rung is not heard',
    patch: {
      file: 'async-wait.js',
      from: 'if (result?.async !== true) return false;',
      to: 'if (result?.async !== true) return true;',
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
    patch: { file: 'async-wait.js', from: 'if (deadline !== undefined) stopTimer(deadline);', to: '' },
    scenario: 'awaited: take with time-outs',
  },
  {
    name: 'awaiting: a wait that ended listens to its signal',
    patch: { file: 'async-wait.js', from: "signal?.removeEventListener('abort', onAbort);", to: '' },
    scenario: 'awaited: take given up by a signal',
  },
  {
    name: 'awaiting: no time ends a wait',
    patch: { file: 'async-wait.js', from: 'deadline = startTimer(onTime, Math.max(0, timeout));', to: '' },
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
      from: 'heard = this.#seat.listen(); this.#passing = false;',
      to: 'heard = this.#seat.listen();',
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
    name: 'awaiting: take does not look for the end',
    patch: {
      file: 'reader.js',
      from: 'return value !== undefined || this.#throwIfEnded();',
      to: 'return value !== undefined;',
    },
    scenario: 'awaited: taken until the end',
  },
  {
    name: 'awaiting: put answers without having written',
    patch: {
      file: 'writer.js',
      from: 'if (!this.offer(value)) return false; answer = told(); return true;',
      to: 'this.offer(value); answer = told(); return true;',
    },
    scenario: 'awaited: put, takeSync',
  },
  {
    name: 'select: the first ring alone is armed',
    patch: { file: 'select.js', from: 'waitables.every((one) => one.arm())', to: 'waitables[0].arm()' },
    scenario: 'select: two in the second',
  },
];
