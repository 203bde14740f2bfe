import type { Mutant } from './mutants.ts';
import { endless, patchesOf } from './program.ts';

const turn = patchesOf('turn.js');
const reader = patchesOf('mpmc-reader.js');
const spscReader = patchesOf('spsc-reader.js');
const spscWriter = patchesOf('spsc-writer.js');
const writer = patchesOf('writer.js');
const meeting = patchesOf('rendezvous-writer.js');

const SAYS = 'exchange(this.words, index, this.#word | RELEASING);';
const GIVES = 'this.#owesWake = (exchange(this.words, index, released) & SLEEPER) !== 0;';
const SPSC_SAYS = 'exchange(this.words, CONSUMER_CURSOR, this.released | RELEASING);';
const SPSC_GIVES = 'this.#owesWake = (exchange(this.words, CONSUMER_CURSOR, next) & SLEEPER) !== 0;';
const LOOKS_FOR_ROOM = 'ready: () => this.hasRoom(), arm: () => this.armForRoom() };';
const ARMS_FOR_ROOM = 'const target = { attempt, arm: () => this.armForRoom() };';
const ARMS_FOR_READER = 'this.control.closed, arm: () => inner.armForDone(at) };';
const ARMS_FOR_EITHER = '(at === undefined ? inner.waitable.messages.arm() : inner.armForDone(at))';

/** Seeded bugs of the last step of `poll`: who is woken before it, who comes back without, and what is owed afterwards. */
export const RELEASING_MUTANTS: readonly Mutant[] = [
  {
    name: 'releasing: a writer sleeps until it is woken, though nobody will',
    patch: turn('(word & RELEASING) === 0 ? UNTIL_WOKEN : PATIENCE_MS', 'UNTIL_WOKEN'),
    scenario: 'releasing: mpmc, the reader does not call again',
  },
  {
    name: 'releasing: a put that meets a reader sleeps until it is woken, though nobody will',
    patch: turn('(word & RELEASING) === 0 ? UNTIL_WOKEN : PATIENCE_MS', 'UNTIL_WOKEN'),
    scenario: 'releasing: a put that meets a reader, which does not call again',
  },
  {
    name: 'releasing: a reader sleeps until it is woken, though nobody will',
    patch: turn('if (claimed || (word & RELEASING) !== 0)', 'if (claimed)'),
    scenario: 'releasing: another reader waits for the same slot',
  },
  {
    name: 'releasing: the message is given back before the writer is woken',
    patch: reader(`${SAYS} this.#wake(); ${GIVES}`, `${SAYS} ${GIVES} this.#wake();`),
    scenario: 'releasing: mpmc, the reader dies',
  },
  {
    name: 'releasing: a put that meets a reader is done before it is woken',
    patch: reader(`${SAYS} this.#wake(); ${GIVES}`, `${SAYS} ${GIVES} this.#wake();`),
    scenario: 'releasing: a put that meets a reader, which dies',
  },
  {
    name: 'releasing: the reader says so after it has woken the writer',
    patch: reader(`${SAYS} this.#wake();`, `this.#wake(); ${SAYS}`),
    scenario: 'releasing: mpmc, the reader does not call again',
  },
  {
    name: 'releasing: the reader does not say so',
    patch: reader(SAYS, 'exchange(this.words, index, this.#word);'),
    scenario: 'releasing: mpmc, the reader does not call again',
  },
  {
    name: 'releasing: the writer that slept is not woken',
    patch: reader(`${SAYS} this.#wake();`, SAYS),
    scenario: 'releasing: mpmc, the reader calls again',
  },
  {
    name: 'releasing: over a flag',
    patch: reader('if (seen !== word)', 'if (false)'),
    scenario: 'releasing: mpmc, the reader calls again',
  },
  {
    name: 'releasing: the reader forgets that it owes a wake-up',
    patch: reader(GIVES, 'exchange(this.words, index, released);'),
    scenario: 'releasing: mpmc, the reader calls again',
  },
  {
    name: 'releasing: the reader that owes a wake-up pays none when it looks again',
    patch: reader('if (this.#owesWake) this.#payWake(); if (this.#core', 'if (this.#core'),
    scenario: 'releasing: mpmc, the reader calls again',
  },
  {
    name: 'releasing: the reader that owes a wake-up pays none before it sleeps',
    patch: reader(
      'if (this.#owesWake) this.#payWake(); this.control.registerReader();',
      'this.control.registerReader();',
    ),
    scenario: 'releasing: mpmc, the reader selects',
  },
  {
    name: 'releasing: the reader that owes a wake-up pays none when it detaches',
    patch: reader('if (this.#owesWake) this.#payWake(); closeEnd', 'closeEnd'),
    scenario: 'releasing: mpmc, the reader detaches',
  },
  {
    name: 'releasing: spsc, the writer sleeps until it is woken, though nobody will',
    patch: spscWriter('(cursor & RELEASING) === 0 ? UNTIL_WOKEN : PATIENCE_MS', 'UNTIL_WOKEN'),
    scenario: 'releasing: spsc, the reader does not call again',
  },
  {
    name: 'releasing: spsc, the message is given back before the writer is woken',
    patch: spscReader(
      `${SPSC_SAYS} this.control.wakeWriters(); ${SPSC_GIVES}`,
      `${SPSC_SAYS} ${SPSC_GIVES} this.control.wakeWriters();`,
    ),
    scenario: 'releasing: spsc, the reader dies',
  },
  {
    name: 'releasing: spsc, the reader says so after it has woken the writer',
    patch: spscReader(`${SPSC_SAYS} this.control.wakeWriters();`, `this.control.wakeWriters(); ${SPSC_SAYS}`),
    scenario: 'releasing: spsc, the reader does not call again',
  },
  {
    name: 'releasing: spsc, the reader does not say so',
    patch: spscReader(SPSC_SAYS, 'exchange(this.words, CONSUMER_CURSOR, this.released);'),
    scenario: 'releasing: spsc, the reader does not call again',
  },
  {
    name: 'releasing: spsc, the reader forgets that it owes a wake-up',
    patch: spscReader(SPSC_GIVES, 'exchange(this.words, CONSUMER_CURSOR, next);'),
    scenario: 'releasing: spsc, the reader calls again',
  },
  {
    name: 'releasing: spsc, the reader that owes a wake-up pays none when it looks again',
    patch: spscReader('if (this.#owesWake) this.#payWake(); const cursor', 'const cursor'),
    scenario: 'releasing: spsc, the reader calls again',
  },
  {
    name: 'releasing: spsc, the reader that owes a wake-up does not look while it knows of messages',
    patch: spscReader('this.released = next; this.end = next;', 'this.released = next;'),
    scenario: 'releasing: spsc, the reader calls again, and knew of a message',
  },
  {
    name: 'releasing: spsc, the reader that owes a wake-up pays none before it sleeps',
    patch: spscReader(
      'if (this.#owesWake) this.#payWake(); this.control.registerReader();',
      'this.control.registerReader();',
    ),
    scenario: 'releasing: spsc, the reader selects',
  },
  {
    name: 'releasing: spsc, the reader that owes a wake-up pays none when it detaches',
    patch: spscReader(
      'if (this.#owesWake) this.#payWake(); if (this.control.releaseReaderRole',
      'if (this.control.releaseReaderRole',
    ),
    scenario: 'releasing: spsc, the reader detaches',
  },
  {
    name: 'releasing: putSync sleeps until it is woken, whatever arming said',
    patch: writer(LOOKS_FOR_ROOM, LOOKS_FOR_ROOM.replace('this.armForRoom()', endless('this.armForRoom()'))),
    scenario: 'releasing: mpmc, the reader does not call again',
  },
  {
    name: 'releasing: put sleeps until it is woken, whatever arming said',
    patch: writer(ARMS_FOR_ROOM, ARMS_FOR_ROOM.replace('this.armForRoom()', endless('this.armForRoom()'))),
    scenario: 'releasing: mpmc, the reader does not call again, an awaited put',
  },
  {
    name: 'releasing: putSync to a reader sleeps until it is woken, whatever arming said',
    patch: meeting(
      ARMS_FOR_READER,
      ARMS_FOR_READER.replace('inner.armForDone(at)', endless('inner.armForDone(at)')),
    ),
    scenario: 'releasing: a put that meets a reader, which does not call again',
  },
  {
    name: 'releasing: put to a reader sleeps until it is woken, whatever arming said',
    patch: meeting(ARMS_FOR_EITHER, endless(ARMS_FOR_EITHER)),
    scenario: 'releasing: an awaited put that meets a reader, which does not call again',
  },
];
