/** What a logical thread asks the scheduler to do for it. */
export interface Step {
  readonly op: Op;
  readonly words: Int32Array;
  readonly index: number;
  readonly a?: number | undefined;
  readonly b?: number | undefined;
  readonly site: number;
}

export type Op =
  | 'load'
  | 'store'
  | 'add'
  | 'or'
  | 'exchange'
  | 'compareExchange'
  | 'wait'
  | 'notify'
  | 'waitAsync'
  /** Plain accesses, where these are scheduling points too. */
  | 'get'
  | 'set'
  /** Not atomic steps: waits for the end or death of the thread with number `a`. */
  | 'join'
  /** Waits until a word changes that this thread has looked at since it last rested, or until the time `a`. */
  | 'rest'
  /** An event loop with nothing to do: waits for a wake-up by `waitAsync`, or for its first timer, at the time `a`. */
  | 'idle';

/** Code of a logical thread: yields its steps and gets their results. */
export type Steps<T> = Generator<Step, T, unknown>;

/** What a step that waits for its turn is not: an access to memory. */
export const NO_WORDS: Int32Array = new Int32Array(1);

/** The answer of a call that may have been made a generator, or not. */
export function* maybe<T = unknown>(value: T | Steps<T>): Steps<T> {
  const isGenerator = Object.prototype.toString.call(value) === '[object Generator]';
  return isGenerator ? yield* value as Steps<T> : (value as T);
}
