import { OptionError } from '../../ring/index.ts';
import { type By, fieldOf, hasherOf } from './key.ts';

type Primitive = string | number | bigint | boolean | null | undefined;

/**
 * Which records a stage takes: those whose fields have these values (`{ kind: ['refund', 'return'] }`), those for which a
 * function says so, or `'otherwise'`: those that no other stage takes that names values.
 */
export type Where<T> =
  | { readonly [field: string]: Primitive | readonly Primitive[] }
  | ((value: T) => boolean)
  | 'otherwise';

/**
 * A number that travels beside each record and that several readers of it go by: the hash of its key, or a set of
 * conditions, one a bit, that hold for it. Without functions it is plain data.
 */
export type Mark = { readonly by: By<never> } | { readonly where: readonly Where<never>[] };

/** Conditions that can be asked of one record. */
export const WHERES_MAX = 32;

export function markerOf<T>(mark: Mark): (value: T) => number {
  if ('by' in mark) return hasherOf(mark.by as By<T>);
  const conditions = mark.where.map((where) => conditionOf(where as Where<T>));
  const rest = mark.where.reduce((bits, where, i) => (where === 'otherwise' ? bits | (1 << i) : bits), 0);
  return (value) => {
    let bits = 0;
    for (let i = 0; i < conditions.length; i++) if (conditions[i]?.(value)) bits |= 1 << i;
    return bits === 0 ? rest >>> 0 : bits >>> 0;
  };
}

function conditionOf<T>(where: Where<T>): (value: T) => boolean {
  if (where === 'otherwise') return () => false;
  if (typeof where === 'function') return where;
  if (typeof where !== 'object' || where === null || Object.keys(where).length === 0) {
    throw new OptionError(
      'where',
      "where must name fields and their values ({ kind: 'refund' }), or be a function or 'otherwise'.",
    );
  }
  const tests = Object.entries(where).map(([name, wanted]) => {
    const field = fieldOf<T>(name);
    const values: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return (value: T) => values.includes(field(value));
  });
  return (value) => tests.every((test) => test(value));
}
