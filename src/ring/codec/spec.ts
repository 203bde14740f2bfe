import { describe } from './field-error.ts';

/** How deep specs are compared: more than any handle that can be opened, and an end for what contains itself. */
const DEPTH_MAX = 100;

/**
 * Whether two specs say the same, whatever the order of their keys: whether what a writer with the one codec
 * writes is what a reader with the other expects.
 */
export function specsEqual(a: unknown, b: unknown): boolean {
  return equal(a, b, 0);
}

function equal(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (depth > DEPTH_MAX || typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(property(a, key), property(b, key), depth + 1))
  );
}

function property(object: object, key: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[key];
}

/** A spec as an error message shows it; it may be anything that travels between threads, also what JSON does not take. */
export function showSpec(spec: unknown): string {
  try {
    return String(JSON.stringify(spec, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)));
  } catch {
    return describe(spec);
  }
}
