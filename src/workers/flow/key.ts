import { OptionError } from '../../ring/index.ts';

/** What records of the same key have in common: the name of a field (`'user.id'` for one inside another), or a function. */
export type By<T> = string | ((value: T) => unknown);

/** A function from a record to the hash of its key. */
export function hasherOf<T>(by: By<T>): (value: T) => number {
  if (typeof by === 'function') return (value) => hashOf(by(value));
  if (typeof by !== 'string' || by === '') {
    throw new OptionError('by', `by must be the name of a field or a function, got ${String(by)}.`);
  }
  const field = fieldOf<T>(by);
  return (value) => hashOf(field(value));
}

/** Reads a field by its name: `'user.id'` for one inside another. */
export function fieldOf<T>(path: string): (value: T) => unknown {
  const [first = '', ...more] = path.split('.');
  if (more.length === 0) return (value) => (value as Record<string, unknown> | null)?.[first];
  const names = [first, ...more];
  return (value) =>
    names.reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], value);
}

/** An unsigned hash of any primitive; the finaliser of MurmurHash3 for whole numbers, FNV-1a for text. */
export function hashOf(key: unknown): number {
  if (typeof key === 'number' && (key | 0) === key) return mix(key);
  const text = String(key);
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return mix(hash);
}

function mix(bits: number): number {
  let hash = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
