import { open } from 'millrace/ring';
import { readLayout } from '../../dist/ring/layout.js';
import { Lot } from '../../dist/ring/lot.js';
import { PAGE_BYTES } from '../../dist/ring/memory.js';
import { asThread } from '../../dist/ring/thread.js';
import { pick } from '../threads/seeded.mjs';
import { outcome } from './bad-handles.mjs';
import { hostileInt } from './hostile.mjs';
import { anywhere, reads, writes } from './scribbled-rings.mjs';
import { restore, TURNED } from './templates.mjs';

/**
 * A ring with turn words into which something else writes, before it is opened or while it is used: over the words by which
 * threads find their way. Whatever they say, no call may go on without end, nor wait for what nobody can bring.
 */

/** A thread that is said to have ended: what bears its seat's number is repaired. */
const DEAD = 999_999;
const DEAD_TOKEN = DEAD + 1;

/** Milliseconds: long enough to go to sleep. */
const NAP = 0.1;
const CALLS = 6;

/** Bits of a turn word below its lap. */
const LOW_BITS = 13;

/** @param {() => number} random @returns {'refused' | 'accepted'} */
export function attemptTurns(random) {
  const template = pick(random, TURNED);
  const handle = restore(template);
  const words = new Int32Array(handle.buffer);
  const layout = readLayout(handle.buffer, handle.memory === undefined ? 1 : PAGE_BYTES);
  const scribble = () => {
    const at = pick(random, anywhere(random, words, layout));
    words[at] = changed(random, /** @type {number} */ (words[at]));
  };
  for (let i = Math.floor(random() * 3); i > 0; i--) scribble();
  const laps = layout.topology === 'broadcast' && layout.overflow === 'drop-oldest';
  return outcome(() => useBoth(random, open(handle), template.values, laps, scribble));
}

/** Another word, often one that could stand there: a turn word of this lap or the next ones. @param {() => number} random @param {number} word */
function changed(random, word) {
  const way = random();
  if (way < 0.3) return word ^ (1 << Math.floor(random() * 32));
  if (way < 0.6) return (Math.floor(random() * 3) << LOW_BITS) | Math.floor(random() * 2 ** LOW_BITS);
  return way < 0.8 ? word + hostileInt(random) : hostileInt(random);
}

/**
 * @param {() => number} random
 * @param {any} ring
 * @param {readonly unknown[]} values
 * @param {boolean} laps
 * @param {() => void} scribble
 */
function useBoth(random, ring, values, laps, scribble) {
  const calls = [...ends(random, ring, values, laps), scribble, scribble, () => ring.stats()];
  if (random() < 0.2) calls.push(() => ring.close());
  if (random() < 0.3) calls.push(() => repairDead(ring));
  /** @type {Error | undefined} */
  let first;
  for (let i = 0; i < CALLS; i++) {
    try {
      pick(random, calls)();
    } catch (error) {
      first ??= /** @type {Error} */ (error);
      if (!(/** @type {any} */ (error).code?.startsWith('MILLRACE_'))) throw error;
    }
  }
  if (first !== undefined) throw first;
}

/**
 * What the two ends can do. Opening one may fail as well.
 *
 * @param {() => number} random
 * @param {any} ring
 * @param {readonly unknown[]} values
 * @param {boolean} laps whether writers go on over slow readers
 */
function ends(random, ring, values, laps) {
  const { writer } = ring;
  const reader = readerOf(random, ring, laps);
  return [
    ...reads(random, ring, reader),
    ...writes(random, ring, values),
    () => reader.takeSync({ timeout: NAP }),
    () => writer.putSync(pick(random, values), { timeout: NAP }),
    () => reader.peek(),
    () => reader.batch()?.abandon(),
  ];
}

/** @param {() => number} random @param {any} ring @param {boolean} laps */
function readerOf(random, ring, laps) {
  if (ring.topology !== 'broadcast') return ring.reader;
  /** @type {object[]} */
  const ways = laps ? [{}, { holds: true }] : [{}, {}, { after: [1] }];
  const reader = ring.attach(0, pick(random, ways));
  if (random() < 0.3) reader.seekTo(Math.floor(random() * 20));
  return reader;
}

/** Makes a seat that of the dead thread, and has it repaired. @param {any} ring */
function repairDead(ring) {
  const listen = () => false;
  const nothing = () => undefined;
  asThread(
    { token: DEAD_TOKEN, listen, startTimer: nothing, stopTimer: nothing },
    () => Lot.open(ring.handle.lot).seat,
  );
  ring.repair(DEAD);
}
