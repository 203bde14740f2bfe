import { latest, open, openBroadcast, openLatest } from 'millrace/ring';
import { pick } from '../threads/seeded.mjs';
import { hostileInt, spoiled } from './hostile.mjs';
import { use } from './scribbled-rings.mjs';
import { CODECS, restore, TEMPLATES } from './templates.mjs';

/** Words of the part of a ring's memory that says what it is. */
const GEOMETRY_WORDS = 9;
/** Of a cell's. */
const CELL_WORDS = 4;

/**
 * A handle with something wrong in it: a field, a part of the codec's description, a byte of the geometry, a buffer too short.
 *
 * @param {() => number} random
 * @returns {'refused' | 'accepted'}
 */
export function attemptHandle(random) {
  const template = pick(random, TEMPLATES);
  const handle = restore(template);
  const way = random();
  const bad =
    way < 0.4
      ? spoiled(random, handle)
      : way < 0.7
        ? { ...handle, buffer: scribbled(random, handle.buffer, GEOMETRY_WORDS) }
        : way < 0.85
          ? { ...handle, buffer: resized(random, handle.buffer) }
          : { ...handle, codec: spoiled(random, handle.codec) };
  const codec = random() < 0.2 ? pick(random, Object.values(CODECS)).codec : undefined;
  return outcome(() => {
    const opener = /** @type {any} */ (random() < 0.8 ? open : openBroadcast);
    const ring = codec === undefined ? opener(bad) : opener(bad, codec);
    use(random, ring, pick(random, /** @type {const} */ (['reader', 'writer'])), template.values);
  });
}

const cells = Object.values(CODECS).map(({ codec, values }) => {
  const cell = latest(codec, { maxMessageSize: 256 });
  cell.set(values[0]);
  return cell;
});

/** The same of a `latest()` cell. @param {() => number} random @returns {'refused' | 'accepted'} */
export function attemptCell(random) {
  const handle = pick(random, cells).handle;
  const way = random();
  const bad =
    way < 0.4
      ? spoiled(random, handle)
      : way < 0.8
        ? { ...handle, buffer: scribbled(random, handle.buffer, random() < 0.5 ? CELL_WORDS : 200) }
        : { ...handle, buffer: resized(random, handle.buffer) };
  return outcome(() => {
    const cell = openLatest(/** @type {any} */ (bad));
    cell.get();
  });
}

/** A copy with some bytes among its first words changed. @param {() => number} random @param {SharedArrayBuffer} buffer @param {number} words */
function scribbled(random, buffer, words) {
  const copy = resizedTo(buffer, buffer.byteLength);
  const ints = new Int32Array(copy);
  const bytes = new Uint8Array(copy);
  for (let i = 1 + Math.floor(random() * 2); i > 0; i--) {
    const word = Math.floor(random() * Math.min(words, ints.length));
    if (random() < 0.5) ints[word] = hostileInt(random);
    else bytes[word * 4 + Math.floor(random() * 4)] = random() * 256;
  }
  return copy;
}

/** @param {() => number} random @param {SharedArrayBuffer} buffer */
function resized(random, buffer) {
  const way = random();
  if (way < 0.3) return resizedTo(buffer, Math.floor(random() * 64));
  if (way < 0.6) return resizedTo(buffer, Math.max(0, buffer.byteLength + Math.floor(random() * 64) - 32));
  return resizedTo(buffer, Math.floor(random() * buffer.byteLength * 1.5));
}

/** @param {SharedArrayBuffer} buffer @param {number} length */
function resizedTo(buffer, length) {
  const copy = new SharedArrayBuffer(length);
  new Uint8Array(copy).set(new Uint8Array(buffer, 0, Math.min(length, buffer.byteLength)));
  return copy;
}

/**
 * Only errors that say what is wrong may come out.
 *
 * @param {() => void} attempt
 * @returns {'refused' | 'accepted'}
 */
export function outcome(attempt) {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    const { code, message } = /** @type {Error & { code?: string }} */ (error);
    if (code?.startsWith('MILLRACE_') && message.length > 10) return 'refused';
    throw error;
  }
}
