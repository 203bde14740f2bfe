import { copy, open } from 'millrace/ring';
import { readLayout } from '../../dist/ring/layout.js';
import { pick } from '../threads/seeded.mjs';
import { outcome } from './bad-handles.mjs';
import { hostileInt } from './hostile.mjs';
import { restore, TEMPLATES } from './templates.mjs';

/**
 * A good ring into whose memory something else has written, while nobody had it open: over lengths, payload, state, error text
 * and bells, and of a ring without turn words over everything. `scribbled-turns.mjs` has the rest.
 */

/** Behind the geometry, for which handles are refused. */
const STATE_LINE = 32;
const BELL_LINES = 64;
const ERROR_TEXT = 256;
const NEAR = 6;

/** @param {() => number} random @returns {'refused' | 'accepted'} */
export function attemptRing(random) {
  return attempt(random, (words, layout) => {
    const near = (/** @type {number} */ from) => from + Math.floor(random() * NEAR);
    const { turned, lengths, payload, variable } = layout;
    const places = [near(STATE_LINE), near(BELL_LINES), near(ERROR_TEXT), near(payload / 4)];
    if (variable) places.push(near(lengths), near(lengths));
    if (!turned) places.push(...anywhere(random, words, layout));
    return pick(random, places);
  });
}

/** @param {() => number} random @param {Int32Array} words @param {import('../../dist/ring/layout.js').Layout} layout */
export function anywhere(random, words, { subscriptions, turns, runs }) {
  const near = () => Math.floor(random() * NEAR);
  return [
    STATE_LINE + Math.floor(random() * 7) * 32 + near(),
    subscriptions + near(),
    turns + near(),
    runs + near(),
    STATE_LINE + Math.floor(random() * (words.length - STATE_LINE)),
  ];
}

/**
 * @param {() => number} random
 * @param {(words: Int32Array, layout: import('../../dist/ring/layout.js').Layout) => number} place
 */
function attempt(random, place) {
  const template = pick(random, TEMPLATES);
  const handle = restore(template);
  const words = new Int32Array(handle.buffer);
  const layout = readLayout(handle.buffer);
  for (let i = 1 + Math.floor(random() * 3); i > 0; i--) {
    const word = place(words, layout);
    const before = /** @type {number} */ (words[word]);
    words[word] = pick(random, [
      before + hostileInt(random),
      before ^ 1,
      hostileInt(random),
      hostileInt(random),
    ]);
  }
  return outcome(() => {
    const end = pick(random, /** @type {const} */ (['reader', 'reader', 'writer']));
    use(random, open(handle), end, template.values);
  });
}

/**
 * A few calls. Whatever they return must be what the codec can give.
 *
 * @param {() => number} random
 * @param {any} ring
 * @param {'reader' | 'writer'} end
 * @param {readonly unknown[]} values
 */
export function use(random, ring, end, values) {
  if (random() < 0.2) ring.stats();
  if (random() < 0.1) ring.close();
  const calls = end === 'reader' ? reads(random, ring) : writes(random, ring, values);
  /** @type {Error | undefined} */
  let first;
  for (let i = 0; i < 4; i++) {
    try {
      pick(random, calls)();
    } catch (error) {
      first ??= /** @type {Error} */ (error);
      if (!(/** @type {any} */ (error).code?.startsWith('MILLRACE_'))) throw error;
    }
  }
  if (random() < 0.1) ring.repair(999_999);
  if (first !== undefined) throw first;
}

/** @param {() => number} random @param {any} ring @param {any} [reader] */
export function reads(random, ring, reader = ring.topology === 'broadcast' ? ring.attach(0) : ring.reader) {
  const look = (/** @type {any} */ view) => void copy(view);
  return [
    () => reader.poll(),
    () => reader.drain(look),
    () => reader.drain(look, 1 + Math.floor(random() * 3)),
    () => reader.takeSync({ timeout: 0 }),
    () => reader.ended,
    () => {
      const batch = reader.batch();
      try {
        for (const view of batch ?? []) look(view);
      } finally {
        batch?.release();
      }
    },
  ];
}

/** @param {() => number} random @param {any} ring @param {readonly unknown[]} values */
export function writes(random, ring, values) {
  const { writer } = ring;
  const value = () => pick(random, values);
  return [
    () => writer.offer(value()),
    () => writer.offerAll(values),
    () => writer.putSync(value(), { timeout: 0 }),
  ];
}
