import type { Mutant } from './mutants.ts';
import { endless, patchesOf } from './program.ts';

const select = patchesOf('select.js');
const reader = patchesOf('reader.js');
const writer = patchesOf('writer.js');
const meeting = patchesOf('rendezvous-readers.js');

const ARMED = 'Math.min(...waitables.map((one) => one.arm()))';
const READY = 'readers.find((reader) => reader.waitable.messages.ready())';
const WAITS = "waitSync(any, lot, 'adaptive', left())";
const AWAITS = "waitUntil(target, lot.seat, new Set(), options, 'Selecting from empty rings')";
const SELECTABLE = '() => this.hasMessage() || this.hasEnded()';

/** Seeded bugs of waiting for one of several ends. */
export const SELECT_MUTANTS: readonly Mutant[] = [
  {
    name: 'select: the first ring alone is armed',
    patch: select(ARMED, 'waitables[0].arm()'),
    scenario: 'select: two in the second',
  },
  {
    name: 'select: the last ring alone is armed',
    patch: select(ARMED, 'waitables[waitables.length - 1].arm()'),
    scenario: 'select: two in the first',
  },
  {
    name: 'select: one armed ring is enough',
    patch: select(ARMED, 'Math.max(...waitables.map((one) => one.arm()))'),
    scenario: 'select: one message in each',
  },
  {
    name: 'select: a ring that could not be armed does not keep it awake',
    patch: select(
      `arm: () => ${ARMED}`,
      'arm: () => { for (const one of waitables) one.arm(); return Infinity; }',
    ),
    scenario: 'select: one message in each',
  },
  {
    name: 'select: nothing is armed',
    patch: select(ARMED, 'Infinity'),
    scenario: 'select: one message in each',
  },
  {
    name: 'select: always the first',
    patch: select(`return ${READY};`, 'return readers[0];'),
    scenario: 'select: awaited, two in the second',
  },
  {
    name: 'select: the last of those that are ready',
    patch: select(READY, '[...readers].reverse().find((reader) => reader.waitable.messages.ready())'),
    scenario: 'select: the first of two that are ready',
  },
  {
    name: 'select: any that has not ended will do',
    patch: select('reader.waitable.messages.ready()', '!reader.ended'),
    scenario: 'select: two in the second',
  },
  {
    name: 'select: one that is not ready',
    patch: select('reader.waitable.messages.ready()', '!reader.waitable.messages.ready()'),
    scenario: 'select: one message in each',
  },
  {
    name: 'select: the first two looks only',
    patch: select(WAITS, 'lookAround(any)'),
    scenario: 'select: two in the second',
  },
  {
    name: 'select: without a time it has none',
    patch: select('countdown(options.timeout)', 'countdown(options.timeout ?? 0)'),
    scenario: 'select: two in the second',
  },
  {
    name: 'select: no time ends it',
    patch: select(WAITS, "waitSync(any, lot, 'adaptive', Number.POSITIVE_INFINITY)"),
    scenario: 'select: time-outs',
  },
  {
    name: 'select: a time that is over finds the first',
    patch: select('return undefined; }', 'return readers[0]; }'),
    scenario: 'select: time-outs',
  },
  {
    name: 'select: gives up when another thread was quicker',
    patch: select('if (found !== undefined) return found;', 'return found;'),
    scenario: 'meeting: a writer selects, another one is quicker',
  },
  {
    name: 'select: what was found is forgotten',
    patch: select(
      'found = firstReady(readers); return found !== undefined;',
      'return firstReady(readers) !== undefined;',
    ),
    scenario: 'select: awaited, two in the second',
  },
  {
    name: 'select: awaits nothing',
    patch: select('if (found === undefined) await', 'if (false) await'),
    scenario: 'select: awaited, two in the second',
  },
  {
    name: 'select: awaited, one look is enough',
    patch: select('return found !== undefined; };', 'return true; };'),
    scenario: 'select: awaited, two in the second',
  },
  {
    name: 'select: awaited, nothing is armed',
    patch: select('arm: () => any.arm()', 'arm: () => Infinity'),
    scenario: 'select: awaited, one message in each',
  },
  {
    name: 'select: awaited, it sleeps whatever arming said',
    patch: select('arm: () => any.arm()', 'arm: () => { any.arm(); return Infinity; }'),
    scenario: 'select: awaited, one message in each',
  },
  {
    name: 'select: awaited, no time ends it',
    patch: select(AWAITS, AWAITS.replace('options', '{ signal: options.signal }')),
    scenario: 'select: awaited, given up by time',
  },
  {
    name: 'select: awaited, no signal ends it',
    patch: select(AWAITS, AWAITS.replace('options', '{ timeout: options.timeout }')),
    scenario: 'select: awaited, given up by a signal',
  },
  {
    name: 'select: awaited, those of one thread wait for one another',
    patch: select(AWAITS, AWAITS.replace('new Set()', '(lot.seat.selects ??= new Set())')),
    scenario: 'select: awaited, two at once in one thread, one after the other',
  },
  {
    name: 'select: awaited, the thread is blocked',
    patch: select(
      'if (found === undefined && lookAround(any))',
      "if (found === undefined && waitSync(any, lot, 'park', Number.POSITIVE_INFINITY))",
    ),
    scenario: 'select: awaited, two at once in one thread, one after the other',
  },
  {
    name: 'select: looks again when the most patient ring does',
    patch: select('Math.min(...waitables', 'Math.max(...waitables'),
    scenario: 'select: behind a dead claim that nobody repairs',
  },
  {
    name: 'select: awaited, does not look again by itself',
    patch: select('any.arm()', endless('any.arm()')),
    scenario: 'select: awaited, behind a dead claim that nobody repairs',
  },
  {
    name: 'select: a ring that has ended is not found',
    patch: reader(SELECTABLE, '() => this.hasMessage()'),
    scenario: 'select: one is closed, nothing is written',
  },
  {
    name: 'select: answers by a look that is late',
    patch: reader(SELECTABLE, '() => this.isReady()'),
    scenario: 'select: a message given back',
  },
  {
    name: 'select: promises a writer to meet it when it sleeps',
    patch: meeting('arm: () => this.#armWithoutDemand()', 'arm: () => this.armForMessage()'),
    scenario: 'select: whoever selects promises no writer to meet it',
  },
  {
    name: 'select: promises a writer to meet it when it looks',
    patch: meeting('ready = () => this.hasMessage() || this.hasEnded();', 'ready = () => this.isReady();'),
    scenario: 'select: whoever selects promises no writer to meet it',
  },
  {
    name: 'select: a writer always has room',
    patch: writer('ready: () => this.hasRoom(),', 'ready: () => true,'),
    scenario: 'select: room in one of two rings',
  },
  {
    name: 'select: a writer is not armed',
    patch: writer('this.hasRoom(), arm: () => this.armForRoom()', 'this.hasRoom(), arm: () => Infinity'),
    scenario: 'select: room in one of two rings',
  },
  {
    name: 'select: a writer that could not be armed sleeps',
    patch: writer(
      'this.hasRoom(), arm: () => this.armForRoom()',
      'this.hasRoom(), arm: () => { this.armForRoom(); return Infinity; }',
    ),
    scenario: 'select: room in one of two rings',
  },
];
