import { DecodeError, EncodeError } from '../errors.ts';

/**
 * Errors that know where in a value they happened.
 *
 * A codec does not know where it stands in a larger one, so it reports its own part: field `''`, offset 0.
 * Whatever contains it adds its own step on the way up, until the path reads `legs[2].px`.
 */

/** What is wrong, without the path in front of it, so that the path can grow. */
const problems = new WeakMap<Error, string>();

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The step of a path that leads to the field `name`. */
export function fieldStep(name: string): string {
  return IDENTIFIER.test(name) ? name : `[${JSON.stringify(name)}]`;
}

/** The step of a path that leads to the element at `index`. */
export function indexStep(index: number): string {
  return `[${index}]`;
}

function join(step: string, path: string): string {
  return path === '' || path.startsWith('[') ? step + path : `${step}.${path}`;
}

export function encodeError(field: string, problem: string, cause?: unknown): EncodeError {
  const message = field === '' ? problem : `${field}: ${problem}`;
  const error = new EncodeError(field, message, cause === undefined ? undefined : { cause });
  problems.set(error, problem);
  return error;
}

export function decodeError(field: string, offset: number, problem: string, cause?: unknown): DecodeError {
  const where = field === '' ? '' : `${field}: `;
  const message = `${where}${problem} (at byte ${offset} of the message)`;
  const error = new DecodeError(field, offset, message, cause === undefined ? undefined : { cause });
  problems.set(error, problem);
  return error;
}

/** `error` as seen from a value in which it happened at `step`. Errors of other kinds pass unchanged. */
export function encodeErrorWithin(error: unknown, step: string): unknown {
  if (!(error instanceof EncodeError)) return error;
  return encodeError(join(step, error.field), problems.get(error) ?? error.message, error.cause);
}

/** `error` as seen from a message in which it happened at `step`, whose bytes begin at `offset`. */
export function decodeErrorWithin(error: unknown, step: string, offset: number): unknown {
  if (!(error instanceof DecodeError)) return error;
  const problem = problems.get(error) ?? error.message;
  return decodeError(join(step, error.field), offset + error.offset, problem, error.cause);
}

const SHOWN_CHARACTERS = 40;

/** A value as an error message names it: short, and never by running code that belongs to the value. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length <= SHOWN_CHARACTERS
        ? JSON.stringify(value)
        : `${JSON.stringify(value.slice(0, SHOWN_CHARACTERS))}… (${value.length} characters)`;
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `an array of ${value.length}`;
      if (ArrayBuffer.isView(value)) return `a view of ${value.byteLength} bytes`;
      return 'an object';
    default:
      return String(value);
  }
}
