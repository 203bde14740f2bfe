import { pick } from '../threads/seeded.mjs';

/** Values and numbers that programs trip over. */

/** @param {() => number} random */
export function hostileInt(random) {
  const way = random();
  if (way < 0.3) return Math.floor(random() * 2 ** 32) | 0;
  if (way < 0.6) return Math.floor(random() * 40) - 8;
  const power = 2 ** Math.floor(random() * 32);
  return ((power + Math.floor(random() * 3) - 1) * (random() < 0.5 ? 1 : -1)) | 0;
}

const ODD = [
  undefined,
  null,
  true,
  0,
  -0,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 31,
  2 ** 53,
  1e308,
  7n,
  '',
  'x',
  '__proto__',
  'constructor',
  'struct',
  'utf8',
  '\ud800',
  'a'.repeat(5000),
];

/** @param {() => number} random @returns {unknown} */
export function hostileValue(random) {
  const way = random();
  if (way < 0.7) return pick(random, ODD);
  if (way < 0.8) return hostileInt(random);
  if (way < 0.85) return Array.from({ length: Math.floor(random() * 4) }, () => hostileValue(random));
  if (way < 0.9) return { name: hostileValue(random), size: hostileValue(random), of: hostileValue(random) };
  if (way < 0.93) return new SharedArrayBuffer(Math.floor(random() * 5000));
  if (way < 0.96) return new ArrayBuffer(64);
  return new Map([[hostileValue(random), 1]]);
}

/**
 * The same value with one of its parts replaced, left out, or added.
 *
 * @param {() => number} random
 * @param {unknown} value
 * @returns {unknown}
 */
export function spoiled(random, value) {
  const isBranch = typeof value === 'object' && value !== null && !(value instanceof SharedArrayBuffer);
  if (!isBranch || random() < 0.15) return hostileValue(random);
  const keys = Object.keys(value);
  const key =
    keys.length === 0 || random() < 0.1 ? pick(random, ['name', 'size', 'extra', '0']) : pick(random, keys);
  const copy = /** @type {any} */ (Array.isArray(value) ? [...value] : { ...value });
  if (random() < 0.1) delete copy[key];
  else copy[key] = spoiled(random, copy[key]);
  return copy;
}
