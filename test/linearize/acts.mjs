import { copy, open, openBroadcast, openLatest, openPriority } from 'millrace/ring';
import { pick } from '../threads/seeded.mjs';
import { BROKEN, SOUND } from './broken.mjs';
import { BROKEN_LEVELS, SoundLevels } from './broken-levels.mjs';
import { BROKEN_MEETINGS, SoundMeeting } from './broken-meetings.mjs';
import { MESSAGES } from './messages.mjs';

/**
 * What a thread can do to the object of a history. Each act is one call, written down.
 *
 * @typedef {(recorder: import('./recorder.mjs').Recorder) => void | Promise<void>} Act
 * @typedef {'write' | 'read' | 'close'} Doing
 * @typedef {object} Acts
 * @property {Partial<Record<Doing, Act[]>>} acts
 * @property {() => void} leave gives up the thread's ends
 *
 * @typedef {object} Part what one thread does in one history
 * @property {number} thread
 * @property {number} group
 * @property {readonly Doing[]} doings
 * @property {number} count acts
 * @property {number} seed
 * @property {boolean} singly only calls that move one message
 */

/** How a failed ring says so to readers and writers. */
export const FAILURE = 'failed on purpose';

/** @param {Error & { code?: string }} error */
const isEnd = (error) => error.code === 'MILLRACE_CLOSED' || error.message === FAILURE;

/** @param {Error & { code?: string }} error */
const isTimeout = (error) => error.code === 'MILLRACE_TIMEOUT';

/**
 * @param {any} handle
 * @param {import('./plan.mjs').Plan} plan
 * @param {Part} part
 * @param {() => number} random
 * @returns {Acts}
 */
export function actsOf(handle, plan, part, random) {
  if (plan.form === 'locked') return lockedActs(handle, plan, part);
  return plan.form === 'cell' ? cellActs(handle, plan, part) : ringActs(handle, plan, part, random);
}

/** Numbers for the messages of a thread that no other thread uses. @param {number} thread */
function numbers(thread) {
  let last = thread * 2 ** 20;
  return () => ++last;
}

/** @param {any} handle @param {import('./plan.mjs').Plan} plan @param {Part} part @param {() => number} random */
function ringActs(handle, plan, part, random) {
  const ring = openerOf(plan)(handle);
  const acts = /** @type {Partial<Record<Doing, Act[]>>} */ ({});
  const writer = part.doings.includes('write') ? ring.writer : undefined;
  const reader = part.doings.includes('read') ? readerOf(ring, part.group) : undefined;
  if (writer !== undefined) acts.write = writes(writer, plan, part, random);
  if (reader !== undefined) acts.read = reads(reader, plan, part, random);
  acts.close = [
    (recorder) => {
      recorder.time(() => (random() < 0.5 ? ring.close() : ring.fail(new Error(FAILURE))));
      recorder.note('close');
    },
  ];
  return {
    acts,
    leave() {
      writer?.detach();
      reader?.detach();
    },
  };
}

/** @param {import('./plan.mjs').Plan} plan @returns {(handle: any) => any} */
function openerOf({ topology, levels }) {
  if (levels !== undefined) return openPriority;
  return topology === 'broadcast' ? openBroadcast : open;
}

/** @param {import('./plan.mjs').Plan} plan */
const laps = ({ topology, overflow }) => topology === 'broadcast' && overflow === 'drop-oldest';

/** @param {any} ring @param {number} group */
export const readerOf = (ring, group) => (ring.topology === 'broadcast' ? ring.attach(group) : ring.reader);

/**
 * @param {any} writer of a ring, or of a priority ring, which is told a level as well
 * @param {import('./plan.mjs').Plan} plan
 * @param {Part} part
 * @param {() => number} random
 * @returns {Act[]}
 */
function writes(writer, plan, { thread, singly }, random) {
  const next = numbers(thread);
  const { make } = MESSAGES[plan.kind];
  const { levels = 1 } = plan;
  const levelOf = (/** @type {number} */ value) => value % levels;
  const timeout = () => random() * 2;

  /** @param {import('./recorder.mjs').Recorder} recorder @param {number} value @param {{ result?: unknown, error?: Error }} outcome */
  function note(recorder, value, { result, error }) {
    if (error === undefined) recorder.note(result === false ? 'full' : 'write', value);
    else if (isTimeout(error)) recorder.note('full', value);
    else if (isEnd(error)) recorder.note('refused', value);
    else throw error;
  }

  /** @param {number} level */
  function nextOf(level) {
    for (;;) {
      const value = next();
      if (levelOf(value) === level) return value;
    }
  }

  /** @param {import('./recorder.mjs').Recorder} recorder */
  function offerAll(recorder) {
    const first = next();
    const values = [
      first,
      ...Array.from({ length: 1 + Math.floor(random() * 3) }, () => nextOf(levelOf(first))),
    ];
    const messages = values.map(make);
    let closed = false;
    const { result = 0, error } = recorder.time(() => {
      const accepted = writer.offerAll(messages, { level: levelOf(first) });
      closed = writer.closed;
      return accepted;
    });
    for (const value of values.slice(0, result)) recorder.note('write', value);
    if (error !== undefined) note(recorder, first, { error });
    else if (result < values.length && !closed) recorder.note('full', values[result] ?? first);
  }

  /** @type {Act[]} */
  const single = [
    (recorder) => {
      const value = next();
      const message = make(value);
      note(
        recorder,
        value,
        recorder.time(() => writer.offer(message, { level: levelOf(value) })),
      );
    },
    (recorder) => {
      const value = next();
      const message = make(value);
      note(
        recorder,
        value,
        recorder.time(() => writer.putSync(message, { timeout: timeout(), level: levelOf(value) })),
      );
    },
    async (recorder) => {
      const value = next();
      const message = make(value);
      const options = { timeout: timeout(), level: levelOf(value) };
      note(recorder, value, await recorder.timeAwaited(() => writer.put(message, options)));
    },
  ];
  return singly ? single : [...single, /** @type {Act} */ (single[0]), offerAll];
}

/**
 * @param {import('millrace/ring').RingReader<any>} reader
 * @param {import('./plan.mjs').Plan} plan
 * @param {Part} part
 * @param {() => number} random
 * @returns {Act[]}
 */
function reads(reader, plan, { singly }, random) {
  const { read } = MESSAGES[plan.kind];
  const timeout = () => random() * 2;
  const max = () => pick(random, [1, 2, 3, Number.POSITIVE_INFINITY]);
  /** What is read in one call. @type {number[]} */
  const seen = [];
  const see = (/** @type {any} */ view) => void seen.push(read(copy(view)));

  /** @param {import('./recorder.mjs').Recorder} recorder @param {{ result?: any, error?: Error | undefined }} outcome */
  function note(recorder, { result, error }) {
    if (error === undefined) {
      if (result === undefined) recorder.note('empty');
      else recorder.note('read', read(result));
    } else if (isTimeout(error)) recorder.note('empty');
    else if (isEnd(error)) recorder.note('ended');
    else throw error;
  }

  /** @param {import('./recorder.mjs').Recorder} recorder @param {{ error?: Error }} outcome */
  function noteSeen(recorder, { error }) {
    for (const value of seen) recorder.note('read', value);
    if (seen.splice(0).length === 0) note(recorder, { error });
    else if (error !== undefined) throw error;
  }

  /**
   * Messages that a lone reader has not looked at may be given back; with several readers that would change their order. A subscription
   * that may be lapped keeps them outside of the ring.
   */
  const isAlone = !['spmc', 'mpmc'].includes(plan.topology) && !laps(plan);

  /** @param {import('./recorder.mjs').Recorder} recorder */
  function batch(recorder) {
    const looks = isAlone && random() < 0.3 ? Math.floor(random() * 3) : Number.POSITIVE_INFINITY;
    const outcome = recorder.time(() => {
      const open = reader.batch(max());
      const views = open?.[Symbol.iterator]();
      for (let look = 0; look < looks; look++) {
        const view = views?.next();
        if (view === undefined || view.done) break;
        see(view.value);
      }
      open?.release(false);
      return open;
    });
    if (outcome.result !== undefined && seen.length === 0) recorder.note('look');
    else noteSeen(recorder, outcome);
  }

  /** @type {Act[]} */
  const single = [
    (recorder) =>
      note(
        recorder,
        recorder.time(() => reader.poll()),
      ),
    (recorder) =>
      note(
        recorder,
        recorder.time(() => reader.takeSync({ timeout: timeout() })),
      ),
    async (recorder) => note(recorder, await recorder.timeAwaited(() => reader.take({ timeout: timeout() }))),
  ];
  const many = [
    /** @type {Act} */ (single[0]),
    (/** @type {import('./recorder.mjs').Recorder} */ recorder) =>
      noteSeen(
        recorder,
        recorder.time(() => reader.drain(see, max())),
      ),
    (/** @type {import('./recorder.mjs').Recorder} */ recorder) =>
      noteSeen(
        recorder,
        recorder.time(() => reader.drainSync(see, { timeout: timeout(), max: max() })),
      ),
    batch,
  ];
  return singly ? single : [...single, ...many];
}

/** @param {any} handle @param {import('./plan.mjs').Plan} plan @param {Part} part @returns {Acts} */
function cellActs(handle, plan, { thread }) {
  const cell = openLatest(handle);
  const { make, read } = MESSAGES[plan.kind];
  const next = numbers(thread);
  return {
    acts: {
      write: [
        (recorder) => {
          const value = next();
          const message = make(value);
          recorder.time(() => cell.set(message));
          recorder.note('set', value);
        },
      ],
      read: [
        (recorder) => {
          const { result, error } = recorder.time(() => cell.get());
          if (error !== undefined) throw error;
          recorder.note('get', result === undefined ? 0 : read(result));
        },
      ],
    },
    leave: () => {},
  };
}

/** What is guarded by a lock, by its name. */
const LOCKED = {
  ...SOUND,
  ...Object.fromEntries(Object.entries(BROKEN).map(([name, { type }]) => [name, type])),
  ...BROKEN_LEVELS,
  ...BROKEN_MEETINGS,
  levels: SoundLevels,
  meeting: SoundMeeting,
};

/** @param {SharedArrayBuffer} buffer @param {import('./plan.mjs').Plan} plan @param {Part} part @returns {Acts} */
function lockedActs(buffer, { locked = '', capacity, guard }, { thread }) {
  const type = /** @type {any} */ (LOCKED)[locked];
  const object = new type(buffer, capacity, thread, guard);
  const next = numbers(thread);
  const isCell = object instanceof SOUND.cell;
  return {
    acts: {
      write: [
        (recorder) => {
          const value = next();
          const { result } = recorder.time(() => (isCell ? object.set(value) : object.offer(value)));
          recorder.note(isCell ? 'set' : result, value);
        },
      ],
      read: [
        (recorder) => {
          const { result } = recorder.time(() => (isCell ? object.get() : object.poll()));
          if (isCell) recorder.note('get', result);
          else if (typeof result === 'number') recorder.note('read', result);
          else recorder.note(result);
        },
      ],
      close: [
        (recorder) => {
          recorder.time(() => object.close());
          recorder.note('close');
        },
      ],
    },
    leave: () => {},
  };
}
